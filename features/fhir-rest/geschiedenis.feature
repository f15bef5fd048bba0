# language: nl
@norm:HL7-FHIR-REST
Functionaliteit: FHIR REST – geschiedenis en versies

  @alleen @eis:WGZ-FHR-010
  Regel: Een oude versie houdt haar inhoud

    Scenario: de huidige versie apart gelezen
      Gegeven een gelezen resource
      En een belofte van "vread" voor deze resource
      Als de versie die is gelezen apart wordt gevraagd
      Dan is die versie gelijk aan wat is gelezen

    Scenario: een versie die er niet is
      Gegeven een gelezen resource
      En een belofte van "vread" voor deze resource
      Als een versie wordt gevraagd die er niet is
      Dan zegt het product dat die versie er niet is

    Scenario: de oude versie na een wijziging
      Gegeven een proefomgeving die "create, update, vread" belooft
      En een eigen proefpatiënt
      Als de proefpatiënt wordt gewijzigd en de oude versie wordt gelezen
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-037
  Regel: De geschiedenis noemt elke wijziging, de nieuwste eerst

    Scenario: de geschiedenis van een gevonden resource
      Gegeven een gelezen resource
      En een belofte van "history-instance" voor deze resource
      Als de geschiedenis van deze resource wordt gevraagd
      Dan is het een geschiedenis van nieuw naar oud

    Scenario: gemaakt, gewijzigd en verwijderd
      Gegeven een proefomgeving die "create, update, delete, history-instance" belooft
      En een eigen proefpatiënt
      Als de proefpatiënt wordt gewijzigd en verwijderd en de geschiedenis wordt gevraagd
      Dan ging elke stap zoals FHIR vraagt
