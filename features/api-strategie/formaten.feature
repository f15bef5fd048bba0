# language: nl
@norm:NICTIZ-API
Functionaliteit: API-strategie – vormen van een antwoord

  @eis:WGZ-API-006
  Regel: De API biedt gzip en deflate aan en levert wat is gevraagd

    Abstract Scenario: het antwoord komt gecomprimeerd met <vorm>
      Gegeven een ongecomprimeerd antwoord dat groot genoeg is om te comprimeren
      Als dezelfde opvraging met Accept-Encoding "<vorm>" wordt gedaan
      Dan is het antwoord met "<vorm>" gecomprimeerd en uitgepakt gelijk

      Voorbeelden:
        | vorm    |
        | gzip    |
        | deflate |

    Scenario: wie geen compressie wil, krijgt geen compressie
      Gegeven een ongecomprimeerd antwoord dat groot genoeg is om te comprimeren
      Als dezelfde opvraging met Accept-Encoding "identity" wordt gedaan
      Dan is het antwoord niet gecomprimeerd

  @eis:WGZ-API-007
  Regel: Elk JSON-antwoord is geldige JSON

    Scenario: gegevens, beschrijving en fouten zijn geldige JSON
      Gegeven een geslaagde opvraging
      Als verschillende soorten antwoorden worden opgevraagd
      Dan is elk JSON-antwoord geldige JSON

  @eis:WGZ-API-008
  Regel: JSON en XML bevatten precies dezelfde gegevens

    Abstract Scenario: <wat> is in beide vormen gelijk
      Gegeven een geslaagde opvraging
      Als "<wat>" in JSON en in XML wordt opgevraagd
      Dan bevatten JSON en XML dezelfde gegevens

      Voorbeelden:
        | wat             |
        | de patiënt      |
        | de beschrijving |

  @eis:WGZ-API-009
  Regel: De kop Accept bepaalt de vorm van het antwoord

    Abstract Scenario: wie om <vorm> vraagt, krijgt <vorm>
      Gegeven een geslaagde opvraging
      Als dezelfde opvraging met Accept "<type>" wordt gedaan
      Dan is het antwoord in <vorm>

      Voorbeelden:
        | vorm | type                  |
        | JSON | application/fhir+json |
        | XML  | application/fhir+xml  |

    Scenario: een vorm die het product niet kent, wordt geweigerd
      Gegeven een geslaagde opvraging
      Als dezelfde opvraging met Accept "image/png" wordt gedaan
      Dan weigert het product de gevraagde vorm met status 406

  @eis:WGZ-API-010
  Regel: Content-Type klopt altijd en een verkeerde soort invoer wordt geweigerd

    Scenario: het Content-Type past bij de inhoud, ook bij fouten
      Gegeven een geslaagde opvraging
      Als verschillende soorten antwoorden worden opgevraagd
      Dan klopt het Content-Type van elk antwoord

    Scenario: een zoekvraag als platte tekst wordt geweigerd
      Gegeven een geslaagde opvraging
      Als een zoekvraag als platte tekst wordt gestuurd
      Dan weigert het product de verkeerde soort invoer
