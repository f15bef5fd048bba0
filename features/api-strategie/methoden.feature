# language: nl
@norm:NICTIZ-API
Functionaliteit: API-strategie – methoden en herhaling

  @eis:WGZ-API-001
  Regel: De API kent alleen standaardmethoden van HTTP

    Abstract Scenario: de zelfbedachte methode <methode> doet niets
      Gegeven een geslaagde opvraging
      Als dezelfde opvraging met de methode "<methode>" wordt gedaan
      Dan kent het product die methode niet

      Voorbeelden:
        | methode |
        | FOO     |
        | ZOEK    |

  @eis:WGZ-API-002
  Regel: GET en HEAD veranderen niets

    Scenario: twee keer lezen geeft dezelfde versie en inhoud
      Gegeven een gelezen resource
      Als dezelfde resource nog een keer wordt gelezen
      Dan tonen beide leesverzoeken dezelfde versie en inhoud

    Scenario: HEAD laat de resource zoals hij was
      Gegeven een gelezen resource
      Als dezelfde resource met HEAD wordt opgevraagd
      En dezelfde resource nog een keer wordt gelezen
      Dan spreekt HEAD het leesverzoek niet tegen
      En tonen beide leesverzoeken dezelfde versie en inhoud

  @eis:WGZ-API-003
  Regel: Een herhaalde PUT of DELETE heeft hetzelfde gevolg als de eerste

    Scenario: twee keer dezelfde DELETE
      Gegeven een geslaagde opvraging
      Als twee keer dezelfde DELETE wordt gedaan op een resource die niet bestaat
      Dan heeft de tweede DELETE hetzelfde gevolg als de eerste

    Scenario: twee keer dezelfde PUT
      Gegeven een geslaagde opvraging
      Als twee keer dezelfde PUT wordt gedaan
      Dan heeft de tweede PUT hetzelfde gevolg als de eerste

  @eis:WGZ-API-004
  Regel: De API bewaart geen sessie tussen verzoeken

    Scenario: een andere volgorde op nieuwe verbindingen geeft dezelfde antwoorden
      Gegeven een geslaagde opvraging
      Als drie opvragingen elk op een nieuwe verbinding worden gedaan, en daarna in omgekeerde volgorde
      Dan maakt de volgorde geen verschil
      En plaatst het product geen cookie
