# language: nl
@norm:BGZ-RAADPLEGEN
Functionaliteit: BgZ raadplegen – wat het product vraagt

  @eis:WGZ-BGC-001
  Regel: De client vraagt alle 27 onderdelen van de BgZ

    Scenario: het product vraagt elk onderdeel
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan vraagt het product alle 27 onderdelen van de BgZ

  @eis:WGZ-BGC-002
  Regel: Elke zoekvraag gaat over precies één patiënt, met nummer en stelsel

    Scenario: het product noemt de testpatiënt en niemand anders
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan noemt elke zoekvraag alleen de testpatiënt

  @eis:WGZ-BGC-013
  Regel: Elk verzoek heeft een kenmerk dat beide partijen in hun logboek zetten

    Scenario: het product stuurt bij elk verzoek een kenmerk mee
      Gegeven een BgZ-bron van Keur waarin "alles is gevuld"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan draagt elk verzoek een kenmerk waarmee beide partijen het terugvinden
