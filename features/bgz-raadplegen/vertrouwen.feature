# language: nl
@norm:BGZ-RAADPLEGEN
Functionaliteit: BgZ raadplegen – wie het product is en wie het vertrouwt

  @eis:WGZ-BGC-003
  Regel: De client bewijst met een ondertekende, kort geldige verklaring wie hij is

    Scenario: het product vraagt een token aan
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan bewijst het product met een kort geldige verklaring wie het is

  @eis:WGZ-BGC-004
  Regel: De client toont bij elke verbinding het certificaat van zijn organisatie

    Scenario: het product toont zijn certificaat
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan toont het product bij elk verzoek het certificaat van zijn organisatie

  @eis:WGZ-BGC-005
  Regel: De client toont het token in de kop Authorization en nergens anders

    Scenario: het product toont het token van de bron
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan draagt elke zoekvraag het token van de bron in de kop Authorization en nergens anders

  @eis:WGZ-BGC-006
  Regel: De client geeft zijn token niet aan een andere partij

    Scenario: de volgende bladzijde staat bij een ander
      Gegeven een BgZ-bron van Keur waarin "het vervolg van Probleem bij een andere partij staat"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan krijgt de andere partij geen token te zien

    Scenario: de bron stuurt door naar een ander
      Gegeven een BgZ-bron van Keur waarin "het onderdeel Probleem doorstuurt naar een andere partij"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan krijgt de andere partij geen token te zien

  @eis:WGZ-BGC-007
  Regel: De client vraagt niets aan een bron met een verkeerd certificaat

    Abstract Scenario: het product treft een bron met <certificaat>
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      En het product haalt daar de BgZ van de testpatiënt op
      Als het product de BgZ moet ophalen bij een bron met "<certificaat>"
      Dan breekt het product de verbinding af zonder iets te vragen

      Voorbeelden:
        | certificaat                                 |
        | een verlopen certificaat                    |
        | een certificaat van een onbekende uitgever  |
        | een certificaat op naam van een ander       |
