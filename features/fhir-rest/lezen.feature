# language: nl
@norm:HL7-FHIR-REST
Functionaliteit: FHIR REST – lezen

  @eis:WGZ-FHR-005
  Regel: De parameter _format gaat boven de kop Accept

    Abstract Scenario: wie in het adres om <vorm> vraagt, krijgt <vorm>
      Gegeven een product dat ook XML kan geven
      Als in het adres om <vorm> wordt gevraagd en in de kop Accept om <ander>
      Dan is het antwoord in <vorm>

      Voorbeelden:
        | vorm | ander |
        | JSON | XML   |
        | XML  | JSON  |

  @eis:WGZ-FHR-006
  Regel: Een andere FHIR-versie dan de server heeft, wordt geweigerd

    Scenario: een client vraagt om een andere FHIR-versie
      Gegeven een geslaagde opvraging
      Als om een andere FHIR-versie wordt gevraagd
      Dan weigert het product die FHIR-versie

  @eis:WGZ-FHR-007
  Regel: Lezen geeft de gevraagde resource, met de versie in de ETag

    Scenario: een gevonden resource op haar adres
      Gegeven een geslaagde opvraging
      Als een gevonden resource op zijn adres wordt gelezen
      Dan is het de gevraagde resource en klopt de ETag met de versie

  @eis:WGZ-FHR-009
  Regel: Voorwaardelijk lezen geeft nooit een verouderd antwoord

    Scenario: de client heeft deze versie al
      Gegeven een gelezen resource
      Als dezelfde resource wordt gevraagd door een client die deze versie al heeft
      Dan krijgt de client status 304 zonder inhoud, of de resource

    Scenario: de client heeft een andere versie
      Gegeven een gelezen resource
      Als dezelfde resource wordt gevraagd door een client die een andere versie heeft
      Dan krijgt de client de resource

  @eis:WGZ-FHR-038
  Regel: HEAD is GET zonder inhoud en namen zijn hoofdlettergevoelig

    Scenario: HEAD geeft de koppen van GET
      Gegeven een gelezen resource
      Als dezelfde resource met HEAD wordt opgevraagd
      Dan heeft HEAD de kop van GET, zonder inhoud

    Scenario: een resourcetype in kleine letters bestaat niet
      Gegeven een gelezen resource
      Als dezelfde resource wordt gevraagd met het resourcetype in kleine letters
      Dan krijgt de fout een status van 400 tot en met 499

  @eis:WGZ-FHR-041
  Regel: De ETag van de beschrijving verandert alleen met de inhoud

    Scenario: twee keer dezelfde beschrijving
      Gegeven een leesbare beschrijving van de API
      Als de beschrijving van de API twee keer wordt opgevraagd
      Dan heeft de beschrijving twee keer dezelfde ETag
