# language: nl
@norm:ADRESSERING
Functionaliteit: Adressering – het adresboek lezen en bijwerken

  > Keur speelt het adresboek en alle adressen die erin staan. Welk adres het product aanspreekt, laat zien wat het koos.

  @eis:WGZ-ADS-001
  Regel: De client gebruikt alleen eindpunten die actief zijn en nu gelden

    Abstract Scenario: naast het goede staat een eindpunt dat <mankement>
      Gegeven een adresboek van Keur met een goed eindpunt en een eindpunt dat "<mankement>"
      Als het product het eindpunt van die organisatie opzoekt en aanspreekt
      Dan spreekt het product alleen het goede eindpunt aan

      Voorbeelden:
        | mankement     |
        | uit staat     |
        | is verlopen   |
        | nog niet geldt |

  @eis:WGZ-ADS-002
  Regel: De client kiest een eindpunt op verbinding, inhoud en FHIR-versie, niet op naam

    Abstract Scenario: naast het goede staat een eindpunt met een mooie naam dat <verschil>
      Gegeven een adresboek van Keur met een goed eindpunt en een eindpunt dat "<verschil>"
      Als het product het eindpunt van die organisatie opzoekt en aanspreekt
      Dan spreekt het product alleen het goede eindpunt aan

      Voorbeelden:
        | verschil                    |
        | een andere verbinding heeft |
        | andere inhoud heeft         |
        | een andere versie heeft     |

  @eis:WGZ-ADS-003
  Regel: De client verwerkt wijzigingen van het adresboek op volgorde en zonder gevolg bij herhaling

    Abstract Scenario: een verhuisd eindpunt blijft verhuisd als het adresboek nog eens <bladzijde> geeft
      Gegeven een adresboek van Keur waarin een eindpunt is verhuisd, en een product dat dit heeft verwerkt
      Als het adresboek nog eens "<bladzijde>" geeft en het product die bladzijde verwerkt
      Dan spreekt het product alleen het goede eindpunt aan

      Voorbeelden:
        | bladzijde                       |
        | de nieuwe versie                |
        | de oude versie                  |
        | beide versies, de oude als laatste |

  @eis:WGZ-ADS-004
  Regel: De client overschrijft in het adresboek geen wijziging van een ander

    Scenario: een ander wijzigt het eindpunt net voor het product
      Gegeven een adresboek van Keur waarin een ander het eindpunt wijzigt net voor het product dat doet
      Als het product de status van dat eindpunt wijzigt
      Dan blijft de wijziging van de ander staan

  @eis:WGZ-ADS-005
  Regel: De sleutel waarmee een token is getekend, is gepubliceerd door de organisatie in dat token

    Scenario: een organisatie tekent met een sleutel die een andere organisatie heeft gepubliceerd
      Gegeven een geslaagde tokenaanvraag
      En een geslaagde tokenaanvraag door een tweede organisatie
      Als die tweede organisatie een token vraagt met een sleutel die een andere organisatie heeft gepubliceerd
      Dan krijgt de client geen token

  @eis:WGZ-ADS-006
  Regel: De client wacht als het adresboek daarom vraagt

    Scenario: het adresboek vraagt om geduld
      Gegeven een adresboek van Keur dat het product heeft gelezen
      Als het adresboek om geduld vraagt terwijl het product wil bijwerken
      Dan stelt het product dezelfde vraag niet nog eens binnen de wachttijd
