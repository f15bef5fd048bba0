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

  @eis:WGZ-CNS-003
  Regel: De bron geeft alleen de soorten gegevens waarvoor toestemming is

    Abstract Scenario: toestemming voor alleen <soort> geeft <soort> en verder niets
      Gegeven de patiënt geeft alleen toestemming voor "<soort>"
      En een geslaagde opvraging van "<soort>" zonder verwijzing
      Als een organisatie zonder verwijzing van deze patiënt "<andere>" opvraagt
      Dan krijgt de organisatie geen gegevens van deze patiënt

      Voorbeelden:
        | soort       | andere        |
        | medicatie   | laboratorium  |
        | medicatie   | aandoeningen  |
        | laboratorium | medicatie    |

  @eis:WGZ-CNS-004
  Regel: Een specifieke keuze gaat voor een algemene, en bij gelijke keuzes wint het bezwaar

    Scenario: een bezwaar tegen medicatie gaat voor een algemene toestemming
      Gegeven de patiënt geeft toestemming, maar niet voor "medicatie"
      En een geslaagde opvraging van "aandoeningen" zonder verwijzing
      Als een organisatie zonder verwijzing van deze patiënt "medicatie" opvraagt
      Dan krijgt de organisatie geen gegevens van deze patiënt

    Scenario: een toestemming voor medicatie gaat voor een algemeen bezwaar
      Gegeven de patiënt geeft alleen toestemming voor "medicatie"
      Als een organisatie zonder verwijzing van deze patiënt "medicatie" opvraagt
      Dan krijgt de organisatie de gegevens van deze patiënt

    Abstract Scenario: van twee even specifieke keuzes telt het bezwaar, ook <volgorde>
      Gegeven een geslaagde opvraging na een verwijzing
      En de patiënt heeft voor medicatie een toestemming en een bezwaar, "<volgorde>"
      Als een organisatie zonder verwijzing van deze patiënt "medicatie" opvraagt
      Dan krijgt de organisatie geen gegevens van deze patiënt

      Voorbeelden:
        | volgorde                       |
        | met de toestemming als eerste  |
        | met de toestemming als laatste |

  @eis:WGZ-CNS-005
  Regel: Een ingetrokken toestemming werkt bij het eerstvolgende verzoek

    Scenario: na het intrekken geeft de bron meteen niets meer
      Gegeven een patiënt die toestemming geeft en daarna een geslaagde opvraging
      Als de patiënt de toestemming intrekt en dezelfde opvraging opnieuw wordt gedaan
      Dan krijgt de organisatie geen gegevens van deze patiënt

  @eis:WGZ-CNS-006 @variant:mitz
  Regel: De toestemmingsvraag bevat het juiste BSN, URA-nummer, doel, rol en soort gegevens

    Scenario: de bron vraagt naar dit geval
      Gegeven een geslaagde opvraging na een verwijzing
      Als een organisatie zonder verwijzing deze patiënt opvraagt terwijl de toestemmingsvoorziening "weigering" antwoordt
      Dan noemt elke toestemmingsvraag de patiënt, de bron, de vrager, de rol, het doel en de soort gegevens
