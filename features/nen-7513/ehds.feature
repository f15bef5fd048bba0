# language: nl
@norm:NEN7513
Functionaliteit: EHDS – wat een logregel zegt

  @eis:WGZ-LOG-017
  Regel: De logregel bevat de vijf gegevens die de EHDS-verordening vraagt

    > Vraagt een organisatie en geen persoon, dan kent de bron alleen het nummer waarmee die organisatie vroeg.

    Scenario: de logregel van een opvraging bevat alle vijf
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met de logregel die daarbij hoort
      Dan noemt de logregel de organisatie, de gebruiker, de soort gegevens, het tijdstip en de herkomst
