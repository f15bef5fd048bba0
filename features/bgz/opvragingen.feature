# language: nl
@norm:BGZ
Functionaliteit: BgZ – de zoekvragen en hun antwoorden

  @eis:WGZ-BGZ-001
  Regel: De bron beantwoordt alle 27 zoekvragen van de BgZ

    Abstract Scenario: de bron beantwoordt de zoekvraag voor <onderdeel>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als de zoekvraag "<zoekvraag>" wordt gedaan
      Dan is het antwoord een geldige verzameling zoekresultaten
      En bevat het antwoord ten minste één resultaat van de soort <soort>

      Voorbeelden:
        | onderdeel                     | soort               | zoekvraag                                                                                                                                                                      |
        | Patiënt                       | Patient             | Patient?identifier={bsn}&_include=Patient:general-practitioner&_revinclude=Provenance:target                                                                                   |
        | Betaler                       | Coverage            | Coverage?beneficiary.identifier={bsn}&_include=Coverage:payor&_revinclude=Provenance:target                                                                                    |
        | Behandelaanwijzing            | Consent             | Consent?patient.identifier={bsn}&category=http://snomed.info/sct\|11291000146105&_revinclude=Provenance:target                                                                 |
        | Wilsverklaring                | Consent             | Consent?patient.identifier={bsn}&category=http://snomed.info/sct\|11341000146107&_revinclude=Provenance:target                                                                 |
        | Functionele of mentale status | Observation         | Observation?patient.identifier={bsn}&category=http://snomed.info/sct\|118228005,http://snomed.info/sct\|384821006&_revinclude=Provenance:target                                |
        | Contactpersoon                | Patient             | Patient?identifier={bsn}&_revinclude=Provenance:target                                                                                                                         |
        | Probleem                      | Condition           | Condition?patient.identifier={bsn}&_revinclude=Provenance:target                                                                                                               |
        | Woonsituatie                  | Observation         | Observation?patient.identifier={bsn}&code=http://snomed.info/sct\|365508006&_revinclude=Provenance:target                                                                      |
        | Drugsgebruik                  | Observation         | Observation?patient.identifier={bsn}&code=http://snomed.info/sct\|228366006&_revinclude=Provenance:target                                                                      |
        | Alcoholgebruik                | Observation         | Observation?patient.identifier={bsn}&code=http://snomed.info/sct\|228273003&_revinclude=Provenance:target                                                                      |
        | Tabakgebruik                  | Observation         | Observation?patient.identifier={bsn}&code=http://snomed.info/sct\|365980008&_revinclude=Provenance:target                                                                      |
        | Voedingsadvies                | NutritionOrder      | NutritionOrder?patient.identifier={bsn}&_revinclude=Provenance:target                                                                                                          |
        | Alert                         | Flag                | Flag?patient.identifier={bsn}&_revinclude=Provenance:target                                                                                                                    |
        | Allergie of intolerantie      | AllergyIntolerance  | AllergyIntolerance?patient.identifier={bsn}&_revinclude=Provenance:target                                                                                                      |
        | Medicatiegebruik              | MedicationStatement | MedicationStatement?patient.identifier={bsn}&category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3\|6&_include=MedicationStatement:medication&_revinclude=Provenance:target |
        | Medicatieafspraak             | MedicationRequest   | MedicationRequest?patient.identifier={bsn}&category=http://snomed.info/sct\|16076005&_include=MedicationRequest:medication&_revinclude=Provenance:target                       |
        | Toedieningsafspraak           | MedicationDispense  | MedicationDispense?patient.identifier={bsn}&category=http://snomed.info/sct\|422037009&_include=MedicationDispense:medication&_revinclude=Provenance:target                    |
        | Medisch hulpmiddel            | DeviceUseStatement  | DeviceUseStatement?patient.identifier={bsn}&_include=DeviceUseStatement:device&_revinclude=Provenance:target                                                                   |
        | Vaccinatie                    | Immunization        | Immunization?patient.identifier={bsn}&status=completed&_revinclude=Provenance:target                                                                                           |
        | Bloeddruk                     | Observation         | Observation/$lastn?patient.identifier={bsn}&code=http://loinc.org\|85354-9                                                                                                     |
        | Lichaamsgewicht               | Observation         | Observation?patient.identifier={bsn}&code=http://loinc.org\|29463-7&_revinclude=Provenance:target                                                                              |
        | Lichaamslengte                | Observation         | Observation?patient.identifier={bsn}&code=http://loinc.org\|8302-2,http://loinc.org\|8306-3,http://loinc.org\|8308-9&_revinclude=Provenance:target                             |
        | Laboratoriumuitslag           | Observation         | Observation?patient.identifier={bsn}&category=http://snomed.info/sct\|49581000146104&_include=Observation:related-target&_revinclude=Provenance:target                         |
        | Verrichting                   | Procedure           | Procedure?patient.identifier={bsn}&category=http://snomed.info/sct\|387713003,http://snomed.info/sct\|258174001&_include=Procedure:based-on&_revinclude=Provenance:target      |
        | Contact                       | Encounter           | Encounter?patient.identifier={bsn}&_revinclude=Provenance:target                                                                                                               |
        | Geplande verrichting          | ProcedureRequest    | ProcedureRequest?patient.identifier={bsn}&status=active&_revinclude=Provenance:target                                                                                          |
        | Zorgteam                      | CareTeam            | CareTeam?patient.identifier={bsn}&status=active&_include=CareTeam:participant&_revinclude=Provenance:target                                                                    |

    Scenario: een patiënt zonder medische gegevens geeft op elke zoekvraag een geldig antwoord
      Gegeven de testpatiënt "leeg"
      Als alle zoekvragen van de BgZ worden gedaan
      Dan is elk antwoord een geldige verzameling zoekresultaten

  @eis:WGZ-BGZ-002
  Regel: Elk antwoord bevat alleen gegevens van de gevraagde patiënt

    Scenario: alle antwoorden samen gaan over één patiënt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de antwoorden op alle zoekvragen van de BgZ
      Dan bevatten alle antwoorden alleen gegevens van de gevraagde patiënt

  @eis:WGZ-BGZ-004
  Regel: De self-link toont alleen de parameters die zijn verwerkt

    Abstract Scenario: de self-link laat een onbekende parameter weg bij <soort>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als de zoekvraag "<zoekvraag>" wordt gedaan met de onbekende parameter "keur-onbekend"
      Dan staat de parameter "keur-onbekend" niet in de self-link

      Voorbeelden:
        | soort     | zoekvraag                            |
        | Patient   | Patient?identifier={bsn}           |
        | Condition | Condition?patient.identifier={bsn} |

    Scenario: de self-link noemt de parameters die zijn verwerkt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als de zoekvraag "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365980008" wordt gedaan
      Dan noemt de self-link de parameters van "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365980008"

  @eis:WGZ-BGZ-005
  Regel: Gevraagde verwijzingen en herkomstgegevens komen mee in het antwoord

    Scenario: de bron stuurt elke met _include gevraagde resource mee
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de antwoorden op alle zoekvragen van de BgZ
      Dan staat elke met _include gevraagde resource in hetzelfde antwoord

    Scenario: de bron stuurt de herkomst van de resultaten mee
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de antwoorden op alle zoekvragen van de BgZ
      Dan komt de herkomst van de resultaten mee in hetzelfde antwoord

    Scenario: wat meekomt is niet als resultaat gemarkeerd
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de antwoorden op alle zoekvragen van de BgZ
      Dan zijn de meegekomen resources niet als resultaat gemarkeerd
