import { wordRecognizer } from "../word-list.ts";

/** Occupations by their common names in English and Chinese. */
export const jobTitle = wordRecognizer({
  entity: "JOB_TITLE",
  source: "ILO ISCO-08",
  about: "occupation of a person",
  example: "nurse",
  context: [
    "works as",
    "job",
    "occupation",
    "profession",
    "employed",
    "position",
    "title",
    "职业",
    "职位",
    "担任",
  ],
  words:
    "accountant,actuary,administrative assistant,air traffic controller,ambassador,anaesthetist,architect,associate professor,assistant professor,attorney,auditor,bank teller,barber,barista,barrister,bartender,biologist,bookkeeper,bricklayer,bus driver,butcher,carpenter,cashier,chemist,chief executive officer,chief financial officer,chief technology officer,chief operating officer,ceo,cfo,cto,coo,civil engineer,civil servant,consultant,copywriter,dental hygienist,dentist,dermatologist,detective,dietitian,economist,electrical engineer,electrician,estate agent,event planner,financial advisor,financial analyst,firefighter,flight attendant,florist,general manager,geologist,graphic designer,hairdresser,historian,hr manager,human resources manager,insurance agent,interpreter,janitor,journalist,judge,lawyer,lecturer,librarian,marketing manager,mathematician,mechanic,mechanical engineer,midwife,nurse,occupational therapist,office manager,optician,paediatrician,paralegal,paramedic,pediatrician,pharmacist,photographer,physician,physicist,physiotherapist,plumber,police officer,postman,product manager,professor,programmer,project manager,psychiatrist,psychologist,radiologist,real estate agent,receptionist,sales manager,sales representative,schoolteacher,secretary,security guard,social worker,software developer,software engineer,solicitor,surgeon,systems administrator,tailor,taxi driver,teacher,teaching assistant,translator,truck driver,veterinarian,vice president,waiter,waitress,web developer,welder,工程师,程序员,教师,教授,副教授,律师,法官,检察官,会计,会计师,护士,药剂师,厨师,司机,记者,编辑,翻译,设计师,建筑师,销售经理,项目经理,产品经理,总经理,董事长,公务员,警察,消防员,保安,快递员,外卖员,服务员,理发师,导游,空姐,飞行员,外科医生,牙医,兽医,电工,木工".split(
      ",",
    ),
  score: 0.45,
});
