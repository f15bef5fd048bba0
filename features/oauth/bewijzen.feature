# language: nl
@norm:OAUTH
Functionaliteit: OAuth – nonces en schrijfwijzen van bewijzen

  @eis:WGZ-OAU-005
  Regel: Wie nonces voor bewijzen uitgeeft, weigert een bewijs zonder geldige nonce

    Abstract Scenario: het product weigert een opvraging met een bewijs <nonce>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde opvraging met certificaat en token
      En een product dat nonces uitgeeft voor bewijzen
      Als de opvraging wordt gedaan met een bewijs met nonce: "<nonce>"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | nonce                   |
        | zonder nonce            |
        | met een verzonnen nonce |
        | met een verlopen nonce  |

    Abstract Scenario: het tokenadres weigert een tokenaanvraag met een bewijs <nonce>
      Gegeven een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde tokenaanvraag
      En een tokenadres dat nonces uitgeeft voor bewijzen
      Als een token wordt gevraagd met een bewijs met nonce: "<nonce>"
      Dan krijgt de client geen token

      Voorbeelden:
        | nonce                   |
        | zonder nonce            |
        | met een verzonnen nonce |
        | met een verlopen nonce  |

  @eis:WGZ-OAU-006
  Regel: Een juist bewijs in een andere schrijfwijze wordt aanvaard

    Abstract Scenario: het product aanvaardt een juist bewijs <schrijfwijze>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een token dat met DPoP aan een sleutel is gebonden
      En een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met een juist bewijs "<schrijfwijze>"
      Dan wordt de opvraging beantwoord

      Voorbeelden:
        | schrijfwijze                           |
        | met de vraag achter het adres          |
        | met een onderdeel dat niemand kent     |
        | met schema en hostnaam in hoofdletters |
