# language: nl
@norm:BGZ-RAADPLEGEN
Functionaliteit: BgZ raadplegen – wat het product toont

  @eis:WGZ-BGC-008
  Regel: De client kan tegen nieuwe elementen en een andere volgorde

    Scenario: de bron stuurt meer dan het product kent
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een BgZ-bron van Keur waarin "onbekende elementen staan en de volgorde anders is"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan toont het product in elk onderdeel alles wat de bron heeft

  @eis:WGZ-BGC-009
  Regel: De client kan tegen een leeg onderdeel

    Scenario: alleen de patiënt is bekend
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een BgZ-bron van Keur waarin "alleen de patiënt staat"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan toont het product in elk onderdeel alles wat de bron heeft

  @eis:WGZ-BGC-010
  Regel: De client haalt alle bladzijden op

    Scenario: elk onderdeel heeft drie bladzijden
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een BgZ-bron van Keur waarin "elk onderdeel drie bladzijden heeft"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan toont het product in elk onderdeel alles wat de bron heeft

  @eis:WGZ-BGC-011
  Regel: De client wacht als de bron te druk is

    Scenario: de bron is eerst te druk
      Gegeven een BgZ-bron van Keur waarin "het onderdeel Probleem eerst te druk is"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan wacht het product zo lang als de bron vraagt

  @eis:WGZ-BGC-012
  Regel: De client toont een storing niet als geen gegevens

    Abstract Scenario: het onderdeel Probleem <storing>
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een BgZ-bron van Keur waarin "het onderdeel Probleem <storing>"
      Als het product de BgZ van de testpatiënt ophaalt
      Dan meldt het product dat het onderdeel Probleem niet volledig is
      En toont het product in alle andere onderdelen wat de bron heeft

      Voorbeelden:
        | storing                        |
        | een fout geeft                 |
        | halverwege afbreekt            |
        | niet antwoordt                 |
        | meldt dat het niet volledig is |
