//! The 27 searches of BgZ-MSZ 2.0; `{p}` stands for the patient parameter, `{b}` for the identifier.

pub const SEARCHES: &[&str] = &[
    "Patient?identifier={b}&_include=Patient:general-practitioner&_revinclude=Provenance:target",
    "Coverage?beneficiary.identifier={b}&_include=Coverage:payor&_revinclude=Provenance:target",
    "Consent?{p}&category=http://snomed.info/sct|11291000146105&_revinclude=Provenance:target",
    "Consent?{p}&category=http://snomed.info/sct|11341000146107&_revinclude=Provenance:target",
    "Observation?{p}&category=http://snomed.info/sct|118228005,http://snomed.info/sct|384821006\
     &_revinclude=Provenance:target",
    "Patient?identifier={b}&_revinclude=Provenance:target",
    "Condition?{p}&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|365508006&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|228366006&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|228273003&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|365980008&_revinclude=Provenance:target",
    "NutritionOrder?{p}&_revinclude=Provenance:target",
    "Flag?{p}&_revinclude=Provenance:target",
    "AllergyIntolerance?{p}&_revinclude=Provenance:target",
    "MedicationStatement?{p}&category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6\
     &_include=MedicationStatement:medication&_revinclude=Provenance:target",
    "MedicationRequest?{p}&category=http://snomed.info/sct|16076005&_include=MedicationRequest:medication\
     &_revinclude=Provenance:target",
    "MedicationDispense?{p}&category=http://snomed.info/sct|422037009&_include=MedicationDispense:medication\
     &_revinclude=Provenance:target",
    "DeviceUseStatement?{p}&_include=DeviceUseStatement:device&_revinclude=Provenance:target",
    "Immunization?{p}&status=completed&_revinclude=Provenance:target",
    "Observation/$lastn?{p}&code=http://loinc.org|85354-9",
    "Observation?{p}&code=http://loinc.org|29463-7&_revinclude=Provenance:target",
    "Observation?{p}&code=http://loinc.org|8302-2,http://loinc.org|8306-3,http://loinc.org|8308-9\
     &_revinclude=Provenance:target",
    "Observation?{p}&category=http://snomed.info/sct|49581000146104&_include=Observation:related-target\
     &_revinclude=Provenance:target",
    "Procedure?{p}&category=http://snomed.info/sct|387713003,http://snomed.info/sct|258174001\
     &_include=Procedure:based-on&_revinclude=Provenance:target",
    "Encounter?{p}&_revinclude=Provenance:target",
    "ProcedureRequest?{p}&status=active&_revinclude=Provenance:target",
    "CareTeam?{p}&status=active&_include=CareTeam:participant&_revinclude=Provenance:target",
];
