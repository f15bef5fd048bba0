# language: nl
@norm:VERWIJZING
Functionaliteit: BgZ-verwijzing – de verzender

  @eis:WGZ-VRW-001
  Regel: De melding van een verwijzing bevat geen persoonsgegevens

    Scenario: de melding zegt niet over wie zij gaat
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als het product een verwijzing van deze patiënt naar keur stuurt
      Dan bevat de melding geen persoonsgegevens

  @eis:WGZ-VRW-002
  Regel: De melding van een verwijzing is volledig en aan één ontvanger gericht

    Scenario: de melding noemt verzender, ontvanger en wat er te halen is
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als het product een verwijzing van deze patiënt naar keur stuurt
      Dan is de melding volledig en gericht aan keur
      En komt de melding met het token dat keur gaf

  @eis:WGZ-VRW-003
  Regel: De Task van een verwijzing noemt de zoekvragen die de ontvanger mag doen

    Scenario: de ontvanger leest de Task
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      Als keur de Task leest
      Dan heeft de Task het profiel en de inhoud van een verwijzing

  @eis:WGZ-VRW-004
  Regel: Een verwijzing opent precies de gegevens van de verwezen patiënt

    Scenario: elke zoekvraag uit de Task wordt beantwoord
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      Als keur alle zoekvragen uit de Task doet
      Dan is elk antwoord een geldige verzameling zoekresultaten
      En gaat alles wat keur kreeg over deze patiënt

    Scenario: een andere patiënt blijft gesloten
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      En keur krijgt de gegevens van deze patiënt
      Als keur de testpatiënt "ander" opvraagt, over wie de verwijzing niet gaat
      Dan krijgt keur geen gegevens van deze patiënt

  @eis:WGZ-VRW-005
  Regel: Alleen de geadresseerde ontvanger krijgt de Task van een verwijzing

    Scenario: een andere organisatie krijgt de Task niet
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      Als een andere organisatie de Task leest
      Dan weigert het product dit aan de andere organisatie

  @eis:WGZ-VRW-006
  Regel: De Task van een verwijzing volgt wat de ontvanger terugmeldt, en springt niet terug

    Scenario: de ontvanger neemt de verwijzing aan en rondt haar af
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      Als keur de Task de status "accepted" geeft
      En keur de Task de status "completed" geeft
      Dan neemt het product elke wijziging aan
      En heeft de Task daarna de status "completed"

    Scenario: dezelfde status komt twee keer
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      Als keur de Task de status "accepted" geeft
      En keur de Task de status "accepted" geeft
      Dan neemt het product elke wijziging aan
      En heeft de Task daarna de status "accepted"

    Scenario: een afgeronde verwijzing gaat niet weer open
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      En keur heeft de Task de status "accepted" gegeven
      En keur heeft de Task de status "completed" gegeven
      Als keur de Task de status "requested" geeft
      Dan weigert het product deze wijziging

  @eis:WGZ-VRW-007
  Regel: Na het einde van een verwijzing is er geen toegang meer

    Scenario: na het afronden krijgt de ontvanger niets meer
      Gegeven de testpatiënt "zonder toestemming"
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      En keur krijgt de gegevens van deze patiënt
      En keur heeft de Task de status "accepted" gegeven
      En keur heeft de Task de status "completed" gegeven
      Als keur deze patiënt opnieuw opvraagt
      Dan krijgt keur geen gegevens van deze patiënt

  @eis:WGZ-VRW-008
  Regel: De verzender zegt niet dat een verwijzing is gemeld als de melding mislukt

    Abstract Scenario: de ontvanger <ontvangst> en het product zegt dat de melding niet aankwam
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een testpatiënt van wie het product gegevens beschikbaar stelt
      En een verwijzing waarvan het product zegt dat de melding is aangekomen
      Als het product een verwijzing stuurt en de ontvanger "<ontvangst>"
      Dan zegt het product dat de melding niet is aangekomen

      Voorbeelden:
        | ontvangst          |
        | een fout geeft     |
        | de melding weigert |
        | niet antwoordt     |

  @eis:WGZ-VRW-009
  Regel: Voor een verwijzing vraagt de verzender geen aparte toestemming

    Scenario: een patiënt die geen toestemming voor opvragen gaf, wordt verwezen
      Gegeven de testpatiënt "zonder toestemming"
      En een verwijzing van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze verwijzing
      En keur heeft de Task gelezen
      Als keur deze patiënt opvraagt en daarna de Task afwijst
      Dan krijgt keur de gegevens van deze patiënt
