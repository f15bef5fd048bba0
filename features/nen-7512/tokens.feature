# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – toegangstokens en hun bewijs
  > Een token werkt alleen bij wie het kreeg, en alleen zo lang als nodig.

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt

  @eis:WGZ-SEC-013
  Regel: Een token zonder juist DPoP-bewijs wordt geweigerd

    Abstract Scenario: het product weigert een opvraging met een bewijs <bewijs>
      Gegeven een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met een bewijs "<bewijs>"
      Dan wordt de opvraging geweigerd met status 401 of 400
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | bewijs                             |
        | dat ontbreekt                      |
        | voor een ander adres               |
        | voor een andere methode            |
        | van een andere sleutel             |
        | met een onjuiste handtekening      |
        | dat bij een ander token hoort      |
        | zonder hash van het token          |
        | van tien minuten geleden           |
        | van een uur geleden                |
        | van over een uur                   |
        | dat geen JWT is                    |
        | met nog een bewijs erbij           |
        | zonder typ                         |
        | met een ander typ                  |
        | zonder alg                         |
        | met alg none                       |
        | met HS256 over de publieke sleutel |
        | zonder sleutel                     |
        | met een onleesbare sleutel         |
        | met de geheime sleutel erin        |
        | zonder htm                         |
        | zonder htu                         |
        | met een htu dat geen adres is      |
        | zonder iat                         |
        | met een iat dat geen getal is      |
        | zonder jti                         |

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                       |
        | zonder bewijs bij het token                  |
        | met een bewijs van een andere sleutel        |
        | met een bewijs met een onjuiste handtekening |
        | met een bewijs voor een ander adres          |
        | met een bewijs dat bij een ander token hoort |

  @eis:WGZ-SEC-014
  Regel: Een bewijs of verklaring werkt maar één keer

    Scenario: het product weigert een opvraging met een bewijs dat al is gebruikt
      Gegeven een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde opvraging met certificaat en token
      Als precies hetzelfde verzoek nog een keer wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Scenario: het tokenadres weigert een bewijs dat al is gebruikt
      Gegeven een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde tokenaanvraag
      Als het bewijs van de tokenaanvraag nog een keer wordt gebruikt
      Dan krijgt de client geen token

    Scenario: het tokenadres weigert een verklaring die al is gebruikt
      Gegeven een geslaagde tokenaanvraag
      Als dezelfde clientverklaring nog een keer wordt gebruikt
      Dan krijgt de client geen token

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                      |
        | met een bewijs dat al is gebruikt           |
        | met een clientverklaring die al is gebruikt |

  @eis:WGZ-SEC-015
  Regel: Een token met een onjuiste of zwakke handtekening wordt geweigerd

    Scenario: het product weigert een toegangstoken dat het niet heeft uitgegeven
      Gegeven een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met een toegangstoken "dat is verzonnen"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: het product weigert een toegangstoken <vervalsing>
      Gegeven een toegangstoken in de vorm van een JWT
      En een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met een toegangstoken "<vervalsing>"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | vervalsing                                        |
        | met alg none                                      |
        | met alg None                                      |
        | zonder handtekening                               |
        | met HS256 over de publieke sleutel als PEM        |
        | met HS256 over de publieke sleutel als DER        |
        | met HS256 over de publieke sleutel als punt       |
        | met HS256 over de publieke sleutel als JWK        |
        | met een omgezet bit in de handtekening            |
        | met een handtekening van alleen nullen            |
        | dat een clientverklaring is                       |
        | met een andere inhoud onder dezelfde handtekening |
        | van een vreemde sleutel met dezelfde kid          |
        | van een vreemde sleutel met een onbekende kid     |
        | van een vreemde sleutel in de kop van het token   |

    Abstract Scenario: het tokenadres weigert een clientverklaring <vervalsing>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met een clientverklaring "<vervalsing>"
      Dan krijgt de client geen token

      Voorbeelden:
        | vervalsing                                      |
        | met alg none                                    |
        | met alg None                                    |
        | zonder handtekening                             |
        | met HS256 over de publieke sleutel als PEM      |
        | met HS256 over de publieke sleutel als JWK      |
        | met een omgezet bit in de handtekening          |
        | van een vreemde sleutel met dezelfde kid        |
        | van een vreemde sleutel met een onbekende kid   |
        | van een vreemde sleutel in de kop van het token |
        | met een onbekende uitbreiding in crit           |

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                                      |
        | met een token met alg none                                  |
        | met een token met HS256 over de publieke sleutel            |
        | met een token met een omgezet bit in de handtekening        |
        | met een token met andere inhoud onder dezelfde handtekening |
        | met een token van een vreemde sleutel                       |
        | met een clientverklaring met alg none                       |
        | met een clientverklaring die na het tekenen is veranderd    |

  @eis:WGZ-SEC-017
  Regel: Een token is kort geldig

    Scenario: het token is niet langer geldig dan het profiel toestaat
      Gegeven een geslaagde tokenaanvraag
      Dan is het token niet langer geldig dan het profiel toestaat
