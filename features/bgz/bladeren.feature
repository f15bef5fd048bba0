# language: nl
@norm:BGZ
Functionaliteit: BgZ – bladeren door de resultaten

  @eis:WGZ-BGZ-006
  Regel: Alle pagina's samen bevatten elk resultaat precies één keer

    Abstract Scenario: bladeren met <aantal> resultaten per pagina is volledig
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als de zoekvraag met de meeste resultaten wordt opgehaald met <aantal> per pagina
      Dan komt er een laatste pagina en blijft het bladeren bij het product
      En bevatten alle pagina's samen elk resultaat precies één keer
      En is het totaal op elke pagina gelijk aan het aantal resultaten

      Voorbeelden:
        | aantal |
        | 2      |
        | 5      |

    Scenario: weggelaten gegevens tellen niet mee en zijn niet te zien
      Gegeven de testpatiënt "afgeschermd"
      Als de zoekvraag "Condition?patient.identifier={bsn}" wordt gedaan
      Dan is het antwoord een geldige verzameling zoekresultaten
      En verraadt het antwoord niet dat er gegevens zijn weggelaten
