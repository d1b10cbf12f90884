import { baseRateEvidence, baseRatePartial } from "../../audit/bias/base-rates.ts";
import { missingnessEvidence, missingnessPartial } from "../../audit/bias/missingness.ts";
import { reidentificationEvidence, reidentificationPartial } from "../../audit/bias/reidentification.ts";
import { representationEvidence, representationPartial } from "../../audit/bias/representation.ts";
import { confusionPartial } from "../../audit/fairness/confusion.ts";
