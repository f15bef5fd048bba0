# language: nl
@norm:TOESTEMMING
Functionaliteit: Toestemming – de keuze van de patiënt

  Achtergrond:
    Gegeven de testpatiënt "zonder toestemming"

  @eis:WGZ-CNS-001
  Regel: Zonder toestemming of verwijzing geeft de bron geen gegevens

    Scenario: de bron geeft niets als de patiënt heeft geweigerd
      Gegeven een geslaagde opvraging na een verwijzing
      Als een organisatie zonder verwijzing deze patiënt opvraagt terwijl de toestemmingsvoorziening "weigering" antwoordt
      Dan krijgt de organisatie geen gegevens van deze patiënt

    Scenario: een verwijzing telt als veronderstelde toestemming
      Gegeven de toestemmingsvoorziening antwoordt "weigering"
      Als een organisatie met een verwijzing deze patiënt opvraagt
      Dan krijgt de organisatie de gegevens van deze patiënt

  @eis:WGZ-CNS-002
  Regel: Bij een onduidelijk of mislukt antwoord over toestemming geeft de bron geen gegevens

    Abstract Scenario: de bron geeft niets als de toestemmingsvoorziening <antwoord> antwoordt
      Gegeven een geslaagde opvraging na een verwijzing
      Als een organisatie zonder verwijzing deze patiënt opvraagt terwijl de toestemmingsvoorziening "<antwoord>" antwoordt
      Dan krijgt de organisatie geen gegevens van deze patiënt

      Voorbeelden:
        | antwoord             |
        | onbepaald            |
        | een fout             |
        | niets binnen de tijd |
        | iets onleesbaars     |

  @eis:WGZ-CNS-005
  Regel: Een ingetrokken toestemming werkt bij het eerstvolgende verzoek

    Scenario: na het intrekken geeft de bron meteen niets meer
      Gegeven een patiënt die toestemming geeft en daarna een geslaagde opvraging
      Als de patiënt de toestemming intrekt en dezelfde opvraging opnieuw wordt gedaan
      Dan krijgt de organisatie geen gegevens van deze patiënt
