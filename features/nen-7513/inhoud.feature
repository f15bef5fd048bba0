# language: nl
@norm:NEN7513
Functionaliteit: NEN 7513 – wat een logregel zegt

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
    En een geslaagde opvraging met de logregel die daarbij hoort

  @eis:WGZ-LOG-002
  Regel: De logregel noemt de gebeurtenis, de actie en de uitkomst

    Scenario: de logregel zegt wat er is gebeurd en of het is gelukt
      Dan noemt de logregel de gebeurtenis, de actie en de uitkomst

  @eis:WGZ-LOG-003
  Regel: De logregel heeft een datum en tijd met tijdzone en de klok loopt gelijk

    Scenario: de tijd in de logregel klopt
      Dan heeft de logregel een tijd met tijdzone die klopt met de klok van de test

  @eis:WGZ-LOG-004
  Regel: De logregel noemt de patiënt over wie gegevens zijn gevraagd

    Scenario: de logregel noemt de gevraagde patiënt
      Dan noemt de logregel de gevraagde patiënt

  @eis:WGZ-LOG-005
  Regel: De logregel noemt de gebruiker met een nummer en een rol

    Scenario: de logregel noemt de gebruiker
      Dan noemt de logregel de gebruiker met een nummer en een rol

  @eis:WGZ-LOG-006
  Regel: De logregel noemt wie verantwoordelijk is voor de opvraging

    @variant:gisa-2026-b @variant:gisa-2026-a
    Scenario: de organisatie uit het token is verantwoordelijk
      Dan noemt de logregel de vragende organisatie als verantwoordelijke

    @variant:nen7512-persoon
    Scenario: de persoon uit het token is verantwoordelijk
      Dan noemt de logregel de persoon uit het token als verantwoordelijke

  @eis:WGZ-LOG-007
  Regel: De logregel noemt het URA-nummer van de vragende organisatie

    Scenario: het URA-nummer in de logregel is dat van de vrager
      Dan noemt de logregel het URA-nummer waarmee is gevraagd

  @eis:WGZ-LOG-008
  Regel: De logregel noemt het autorisatieprotocol

    Scenario: de logregel noemt het autorisatieprotocol
      Dan noemt de logregel het autorisatieprotocol
