# language: nl
@norm:TOESTEMMING
Functionaliteit: Toestemming – bij spoed

  Achtergrond:
    Gegeven de testpatiënt "zonder toestemming"

  @eis:WGZ-CNS-007
  Regel: Een geregistreerde weigering geldt ook bij spoed

    > Een bron die bij spoed niet anders antwoordt dan anders, heeft dit proces niet: dan is de eis niet van toepassing.

    Scenario: bij spoed geeft de bron niets als de patiënt heeft geweigerd
      Gegeven een geslaagde opvraging bij spoed terwijl de toestemmingsvoorziening "toestemming" antwoordt
      Als deze patiënt bij spoed wordt opgevraagd terwijl de toestemmingsvoorziening "weigering" antwoordt
      Dan krijgt de organisatie geen gegevens van deze patiënt

  @eis:WGZ-CNS-008
  Regel: Toestemming die ter plekke is gevraagd, staat vast voordat er gegevens komen

    Scenario: zonder vastgelegd antwoord geeft de bron bij spoed niets
      Gegeven een geslaagde opvraging bij spoed terwijl de toestemmingsvoorziening "toestemming" antwoordt
      Als deze patiënt bij spoed wordt opgevraagd terwijl de toestemmingsvoorziening "geen keuze" antwoordt
      Dan krijgt de organisatie geen gegevens van deze patiënt
