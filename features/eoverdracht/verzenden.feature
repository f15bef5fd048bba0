# language: nl
@norm:EOVERDRACHT
Functionaliteit: Verpleegkundige overdracht – de verzender

  @eis:WGZ-EOV-002
  Regel: De Task van een overdracht verwijst naar het overdrachtsbericht

    Scenario: de ontvanger leest de Task
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      Als keur de Task leest
      Dan heeft de Task het profiel en de inhoud van een overdracht

  @eis:WGZ-EOV-003
  Regel: Composition/$document geeft het volledige overdrachtsbericht

    Scenario: het document bevat alles waarnaar het verwijst
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur het document van de overdracht ophaalt
      Dan is het document volledig

  @eis:WGZ-EOV-004
  Regel: De Task van een overdracht volgt wat de ontvanger terugmeldt, en springt niet terug

    Scenario: de ontvanger rondt de overdracht twee keer af
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur de Task de status "completed" geeft
      En keur de Task de status "completed" geeft
      Dan neemt het product elke wijziging aan
      En heeft de Task daarna de status "completed"

    Scenario: een afgeronde overdracht gaat niet weer open
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      En keur heeft de Task de status "completed" gegeven
      Als keur de Task de status "in-progress" geeft
      Dan weigert het product deze wijziging

  @eis:WGZ-EOV-005
  Regel: Alleen de geadresseerde ontvanger krijgt de Task en het bericht van een overdracht

    Scenario: een andere organisatie krijgt de Task niet
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als een andere organisatie de Task leest
      Dan weigert het product dit aan de andere organisatie

    Scenario: een andere organisatie krijgt het bericht niet
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      En keur heeft het document van de overdracht gekregen
      Als een andere organisatie het document van de overdracht ophaalt
      Dan weigert het product dit aan de andere organisatie

  @eis:WGZ-EOV-007
  Regel: De melding van een overdracht is leeg en noemt alleen de Task

    Scenario: de melding heeft geen inhoud
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als het product een overdracht van deze patiënt naar keur stuurt
      Dan heeft de melding geen inhoud en noemt haar adres de Task
      En komt de melding met het token dat keur gaf

    Scenario: de melding zegt niet over wie zij gaat
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als het product een overdracht van deze patiënt naar keur stuurt
      Dan bevat de melding geen persoonsgegevens

  @eis:WGZ-EOV-008
  Regel: De verzender zegt niet dat een overdracht is gemeld als de melding mislukt

    Abstract Scenario: de ontvanger <ontvangst> en het product zegt dat de melding niet aankwam
      Gegeven een product dat vertelt wat het zijn gebruiker toont
      En een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht waarvan het product zegt dat de melding is aangekomen
      Als het product een overdracht stuurt en de ontvanger "<ontvangst>"
      Dan zegt het product dat de melding niet is aangekomen

      Voorbeelden:
        | ontvangst          |
        | een fout geeft     |
        | de melding weigert |
        | niet antwoordt     |

  @eis:WGZ-EOV-009
  Regel: Voor een overdracht vraagt de verzender geen aparte toestemming

    Scenario: een patiënt die geen toestemming voor opvragen gaf, wordt overgedragen
      Gegeven de testpatiënt "zonder toestemming"
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur het document van de overdracht ophaalt
      Dan krijgt keur het document

  @eis:WGZ-EOV-010
  Regel: Het overdrachtsbericht heeft de vaste onderdelen

    Scenario: de ontvanger vindt elk onderdeel dat er altijd is
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur het document van de overdracht ophaalt
      Dan heeft het document de vaste onderdelen van een overdracht
