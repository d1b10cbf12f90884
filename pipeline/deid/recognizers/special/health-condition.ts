import { wordRecognizer } from "../word-list.ts";

/** Illnesses, disabilities and treatments by their common names in English and Chinese. */
export const healthCondition = wordRecognizer({
  entity: "HEALTH_CONDITION",
  source: "GDPR Art. 9(1), data concerning health; WHO ICD-11 chapter titles",
  about: "illness, disability or treatment",
  example: "type 2 diabetes",
  context: [
    "diagnosed",
    "suffers",
    "suffering",
    "patient",
    "treated",
    "treatment",
    "symptoms",
    "history of",
    "condition",
    "患有",
    "确诊",
    "诊断",
  ],
  special: true,
  words:
    "acute kidney injury,addiction,adhd,alcoholism,allergic rhinitis,alzheimer,alzheimer's,alzheimer's disease,amputation,anaemia,anemia,angina,anorexia,anorexia nervosa,anxiety disorder,appendicitis,arrhythmia,arthritis,asperger's,asthma,atrial fibrillation,autism,autism spectrum disorder,autistic,back pain,bipolar disorder,bipolar,breast cancer,bronchitis,bulimia,cancer,carcinoma,cardiac arrest,cataract,celiac disease,cerebral palsy,chemotherapy,chlamydia,chronic fatigue,chronic kidney disease,chronic pain,cirrhosis,cognitive impairment,colitis,colon cancer,concussion,congestive heart failure,copd,coronary artery disease,covid-19,crohn's disease,cystic fibrosis,deaf,deafness,dementia,dialysis,diabetes,diabetic,type 1 diabetes,type 2 diabetes,diabetes mellitus,down syndrome,dyslexia,dyslexic,eating disorder,eczema,emphysema,endometriosis,epilepsy,epileptic,erectile dysfunction,fibromyalgia,gastritis,genital herpes,glaucoma,gonorrhea,gout,heart attack,heart disease,heart failure,hemophilia,haemophilia,hepatitis,hepatitis b,hepatitis c,hernia,herpes,hiv,hiv positive,hiv-positive,hypertension,high blood pressure,hyperthyroidism,hypothyroidism,infertility,insomnia,insulin,irritable bowel syndrome,kidney disease,kidney failure,leukaemia,leukemia,lung cancer,lupus,lymphoma,major depressive disorder,clinical depression,postpartum depression,melanoma,meningitis,menopause,migraine,miscarriage,multiple sclerosis,muscular dystrophy,myocardial infarction,neuropathy,obesity,obsessive compulsive disorder,obsessive-compulsive disorder,osteoarthritis,osteoporosis,ovarian cancer,pancreatitis,panic attack,paralysis,paraplegic,parkinson's,parkinson's disease,pneumonia,pregnancy,pregnant,prostate cancer,psoriasis,psychosis,ptsd,quadriplegic,radiotherapy,renal failure,rheumatoid arthritis,schizophrenia,schizophrenic,sciatica,seizure,sepsis,sickle cell,sleep apnea,sleep apnoea,had a stroke,suffered a stroke,substance abuse,suicidal,suicide attempt,syphilis,thrombosis,tinnitus,tuberculosis,tumor,tumour,ulcerative colitis,urinary tract infection,visually impaired,wheelchair user,癌症,肺癌,胃癌,肝癌,乳腺癌,白血病,糖尿病,高血压,冠心病,心脏病,心肌梗死,脑梗死,脑卒中,中风,肝炎,乙肝,丙肝,肝硬化,肺炎,肺结核,哮喘,慢性支气管炎,艾滋病,梅毒,淋病,抑郁症,焦虑症,精神分裂症,双相情感障碍,自闭症,阿尔茨海默病,老年痴呆,帕金森病,癫痫,肾衰竭,尿毒症,透析,化疗,放疗,骨折,关节炎,痛风,甲亢,甲减,贫血,怀孕,妊娠,流产,不孕,近视,失眠,残疾".split(
      ",",
    ),
  capital: ["AIDS"],
  score: 0.5,
});
