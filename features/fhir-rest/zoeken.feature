# language: nl
@norm:HL7-FHIR-REST
Functionaliteit: FHIR REST – zoeken

  @eis:WGZ-FHR-025
  Regel: Zoeken met GET en met POST geeft hetzelfde

    Scenario: dezelfde zoekvraag op twee manieren
      Gegeven een geslaagde opvraging
      Als dezelfde zoekvraag met GET en met POST wordt gedaan
      Dan geven beide dezelfde resultaten

  @eis:WGZ-FHR-026
  Regel: Een zoekresultaat is een volledige searchset, ook als er niets is gevonden

    Scenario: een zoekvraag met resultaat
      Als een zoekvraag wordt gedaan waar iets aan voldoet
      Dan heeft elk onderdeel een adres en een search.mode

    Scenario: een zoekvraag zonder resultaat
      Gegeven een geslaagde opvraging
      Als naar een id wordt gezocht dat er niet is
      Dan is het antwoord een lege searchset

  @eis:WGZ-FHR-028
  Regel: Bij streng zoeken wordt een onbekende parameter geweigerd

    Scenario: streng met een parameter die niemand kent
      Gegeven een geslaagde opvraging
      Als streng wordt gezocht met een parameter die niemand kent
      Dan krijgt de fout een status van 400 tot en met 499

  @eis:WGZ-FHR-029
  Regel: Bij soepel zoeken is te zien dat een parameter niet is gebruikt

    Scenario: soepel met een parameter die niemand kent
      Gegeven een geslaagde opvraging
      Als soepel wordt gezocht met een parameter die niemand kent
      Dan is aan het antwoord te zien dat de parameter niet is gebruikt

  @eis:WGZ-FHR-030
  Regel: Een toevoeging die de server niet kent, wordt geweigerd

    Scenario: een toevoeging die niet bestaat
      Gegeven een geslaagde opvraging
      Als wordt gezocht met een toevoeging die niet bestaat
      Dan krijgt de fout een status van 400 tot en met 499

  @alleen @eis:WGZ-FHR-031
  Regel: Elke beloofde zoekparameter vindt precies wat eraan voldoet

    Abstract Scenario: zoeken <hoe> geeft wat eraan voldoet
      Gegeven de gegevens die het product zonder voorwaarden toont
      Als met beloofde zoekparameters wordt gezocht: "<hoe>"
      Dan geeft elke zoekvraag precies de gegevens die eraan voldoen

      Voorbeelden:
        | hoe                        |
        | op code                    |
        | op datum                   |
        | op tekst                   |
        | op verwijzing              |
        | op hoeveelheid             |
        | de ene of de andere waarde |
        | twee voorwaarden samen     |
        | op ontbreken               |
        | met een toevoeging         |
        | via een verwijzing         |

  @alleen @eis:WGZ-FHR-032
  Regel: Wat met _include meekomt is volledig, gemerkt en niet meegeteld

    Abstract Scenario: elke beloofde <hoe>
      Gegeven de gegevens die het product zonder voorwaarden toont
      Als wordt gezocht met elke beloofde "<hoe>"
      Dan komt alles mee waar dat naar leidt, gemerkt en niet meegeteld

      Voorbeelden:
        | hoe         |
        | _include    |
        | _revinclude |

  @alleen @eis:WGZ-FHR-033
  Regel: Bladeren geeft elk resultaat één keer, en nooit meer per pagina dan gevraagd

    Scenario: bladeren met weinig per pagina
      Gegeven de gegevens die het product zonder voorwaarden toont
      Als het resourcetype met de meeste gegevens wordt opgehaald met 2 per pagina
      Dan staat er op geen enkele pagina meer dan gevraagd
      En komt er een laatste pagina en blijft het bladeren bij het product
      En bevatten alle pagina's samen elk resultaat precies één keer

  @alleen @eis:WGZ-FHR-034
  Regel: Volgorde, aantal en inkorten kloppen of worden zichtbaar niet gedaan

    Abstract Scenario: gevraagd wordt <wat>
      Gegeven de gegevens die het product zonder voorwaarden toont
      Als van elk resourcetype wordt gevraagd: "<wat>"
      Dan doet het product dat, of zegt het zichtbaar dat het dat niet doet

      Voorbeelden:
        | wat               |
        | alleen het aantal |
        | alleen het id     |
        | op volgorde       |
