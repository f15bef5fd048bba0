# language: nl
@norm:OAUTH
Functionaliteit: OAuth – welke sleutels het product ophaalt

  @eis:WGZ-OAU-007
  Regel: Een adres van een sleutel in de kop van een token wordt niet gevolgd

    Abstract Scenario: het tokenadres volgt in een clientverklaring niet <kop>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met in de kop van de clientverklaring "<kop>"
      Dan krijgt de client geen token
      En is dat vreemde adres niet opgevraagd

      Voorbeelden:
        | kop                                 |
        | een jku naar een vreemde sleutelset |
        | een x5u naar een vreemd adres       |

    Abstract Scenario: het product volgt in een toegangstoken niet <kop>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een toegangstoken in de vorm van een JWT
      En een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met in de kop van het toegangstoken "<kop>"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens
      En is dat vreemde adres niet opgevraagd

      Voorbeelden:
        | kop                                 |
        | een jku naar een vreemde sleutelset |
        | een x5u naar een vreemd adres       |

  @eis:WGZ-OAU-008
  Regel: Een onbekende sleutel leidt tot hooguit één ophaling van de sleutelset

    Scenario: het tokenadres haalt de sleutelset bij onbekende sleutels niet vaker op dan nodig
      Gegeven een client die met zijn eerste sleutel een token krijgt
      Als met drie sleutels die nergens staan een token wordt gevraagd
      Dan krijgt de client geen token en wordt de sleutelset per verzoek hooguit één keer opgehaald
