# language: nl
@norm:IDENTIFICATIE
Functionaliteit: Identificatie – nummers van patiënten en organisaties

  @eis:WGZ-IDN-001
  Regel: Een BSN dat de elfproef niet haalt, wordt geweigerd

    Abstract Scenario: een BSN <verandering> wordt geweigerd
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als op het BSN van de patiënt wordt gezocht "<verandering>"
      Dan weigert het product het BSN met status 400 of 422

      Voorbeelden:
        | verandering                |
        | met een ander laatste cijfer |
        | met een letter erin        |

  @eis:WGZ-IDN-002
  Regel: Patiënten dragen een BSN en organisaties een URA-nummer, met de landelijke systeemnaam

    Scenario: de patiënt draagt het BSN
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als op het BSN van de patiënt wordt gezocht
      Dan draagt de patiënt het gevraagde BSN met de landelijke systeemnaam

    Scenario: de organisaties bij de patiënt dragen een URA-nummer
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als de organisaties bij deze patiënt worden gelezen
      Dan draagt elke organisatie een URA-nummer met de landelijke systeemnaam

  @eis:WGZ-IDN-003
  Regel: Zoeken op BSN geeft precies die ene patiënt, of niemand

    Scenario: een bekend BSN geeft één patiënt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als op het BSN van de patiënt wordt gezocht
      Dan geeft het product precies die ene patiënt

    Scenario: een onbekend BSN geeft niemand
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als op een BSN wordt gezocht dat het product niet kent
      Dan geeft het product niemand

    Scenario: een BSN dat erop lijkt, geeft niemand
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als op een geldig BSN wordt gezocht dat op dat van de patiënt lijkt
      Dan geeft het product niemand
