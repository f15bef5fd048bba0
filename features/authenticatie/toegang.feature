# language: nl
@norm:AUTHENTICATIE
Functionaliteit: Authenticatie – organisaties, systemen en personen

  @eis:WGZ-ATN-001
  Regel: Een verzoek zonder authenticatie krijgt status 401 met een uitnodiging

    Abstract Scenario: het product nodigt uit tot authenticatie bij <verzoek>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als zonder token een verzoek wordt gedaan: "<verzoek>"
      Dan wordt de opvraging geweigerd met status 401
      En nodigt het antwoord uit tot authenticatie

      Voorbeelden:
        | verzoek                               |
        | een zoekvraag                         |
        | een zoekvraag als formulier           |
        | een zoekvraag naar klinische gegevens |
        | het lezen van één gegeven             |

  @eis:WGZ-ATN-002
  Regel: Een organisatie die niet is geregistreerd krijgt geen token

    Scenario: het tokenadres weigert een organisatie die niet is geregistreerd
      Gegeven een geslaagde tokenaanvraag
      Als een organisatie die niet is geregistreerd een token vraagt
      Dan krijgt de client geen token

    Scenario: het tokenadres gelooft geen sleutel die de vrager zelf meestuurt
      Gegeven een geslaagde tokenaanvraag
      Als een organisatie die niet is geregistreerd haar eigen sleutel meestuurt in de kop van de verklaring
      Dan krijgt de client geen token

    Scenario: het tokenadres weigert een organisatie die zich voordoet als een geregistreerde client
      Gegeven een geslaagde tokenaanvraag
      Als een organisatie die niet is geregistreerd zich voordoet als een geregistreerde client
      Dan krijgt de client geen token

  @eis:WGZ-ATN-003 @variant:nen7512-persoon
  Regel: Een persoon zonder betrouwbaarheidsniveau hoog krijgt geen token

    Abstract Scenario: het tokenadres weigert een persoon <persoon>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd voor een persoon "<persoon>"
      Dan krijgt de client geen token

      Voorbeelden:
        | persoon                           |
        | met niveau laag                   |
        | met niveau substantieel           |
        | met een onbekend niveau           |
        | zonder verklaring over de persoon |

  @eis:WGZ-ATN-004 @variant:gisa-2026-a @variant:gisa-2026-b
  Regel: De bron vraagt geen persoonsgegevens van medewerkers van de vrager

    Abstract Scenario: het product bedient een organisatie zonder persoon voor het doel <doel>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een aanvraag zonder persoon voor het doel "<doel>"
      Als de vrager met dat token de gegevens opvraagt
      Dan krijgt de vrager de gegevens

      Voorbeelden:
        | doel  |
        | TREAT |
        | COC   |

  @eis:WGZ-ATN-005
  Regel: Een token geeft niet meer rechten dan gevraagd en toegestaan

    Abstract Scenario: het tokenadres geeft bij een <scope> scope niet meer dan mag
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met "<scope>" scope
      Dan geeft het token niet meer rechten dan de "<scope>" scope en dan is toegestaan

      Voorbeelden:
        | scope    |
        | te ruime |
        | smalle   |
