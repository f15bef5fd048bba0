# language: nl
@norm:OAUTH
Functionaliteit: OAuth – het tokenadres zelf

  @eis:WGZ-OAU-009
  Regel: Het tokenadres aanvaardt alleen een POST met één formulier

    Abstract Scenario: het tokenadres weigert een verzoek <verzoek>
      Gegeven een geslaagde tokenaanvraag
      Als het tokenverzoek wordt gedaan "<verzoek>"
      Dan krijgt de client geen token

      Voorbeelden:
        | verzoek                      |
        | met GET                      |
        | met de velden in het adres   |
        | met een dubbel veld          |
        | met een wachtwoord als grant |

  @eis:WGZ-OAU-010
  Regel: Een foutmelding van het tokenadres heeft de vorm van OAuth en wordt nergens bewaard

    Abstract Scenario: de foutmelding op een verzoek <verzoek>
      Gegeven een geslaagde tokenaanvraag
      Als het tokenverzoek wordt gedaan "<verzoek>"
      Dan is de foutmelding van het tokenadres zoals OAuth die voorschrijft

      Voorbeelden:
        | verzoek                       |
        | met een wachtwoord als grant  |
        | met een onleesbare verklaring |

  @eis:WGZ-OAU-011
  Regel: De gepubliceerde OAuth-gegevens kloppen en noemen niets onveiligs

    Scenario: de OAuth-gegevens en de sleutelset zijn te vertrouwen
      Gegeven een product dat zijn OAuth-gegevens publiceert
      Als die OAuth-gegevens en de sleutelset daarin worden opgehaald
      Dan kloppen de OAuth-gegevens en is de sleutelset veilig
