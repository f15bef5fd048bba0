# language: nl
@norm:OAUTH
Functionaliteit: OAuth – introspectie en intrekken van tokens

  @eis:WGZ-OAU-012
  Regel: Introspectie en intrekken zijn gesloten, en zeggen niets over een ongeldig token

    Scenario: introspectie zonder aanmelden wordt geweigerd
      Gegeven een product met een adres voor introspectie
      En een geslaagde introspectie van een eigen token
      Als introspectie wordt gevraagd "zonder aanmelden"
      Dan zegt het antwoord niets over het token

    Abstract Scenario: introspectie <token> zegt alleen dat het niet geldt
      Gegeven een product met een adres voor introspectie
      En een geslaagde introspectie van een eigen token
      Als introspectie wordt gevraagd "<token>"
      Dan zegt het antwoord alleen dat het token niet geldt

      Voorbeelden:
        | token                                         |
        | van een verzonnen token                       |
        | van een token met een veranderde handtekening |

    Scenario: intrekken zonder aanmelden wordt geweigerd
      Gegeven een product met een adres voor het intrekken van tokens
      En een testpatiënt van wie het product gegevens beschikbaar stelt
      En een eigen token waarmee een opvraging slaagt
      Als iemand zonder zich aan te melden dat token intrekt
      Dan wordt het intrekken geweigerd en werkt het token nog

  @eis:WGZ-OAU-013
  Regel: Een ingetrokken token werkt niet meer

    Scenario: het product weigert een token dat de client heeft ingetrokken
      Gegeven een product met een adres voor het intrekken van tokens
      En een testpatiënt van wie het product gegevens beschikbaar stelt
      En een eigen token waarmee een opvraging slaagt
      Als de client dat token intrekt
      Dan werkt dat token niet meer
