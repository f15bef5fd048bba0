# language: nl
@norm:HL7-FHIR-REST
Functionaliteit: FHIR REST – schrijven in een proefomgeving
  > Alleen als de opgave zegt dat schrijven mag, en alleen met patiënten die de toets zelf maakt en weer opruimt.

  @alleen @eis:WGZ-FHR-008
  Regel: Wat is verwijderd, is niet meer te lezen of te vinden

    Scenario: een verwijderde patiënt
      Gegeven een proefomgeving die "create, delete" belooft
      En een eigen proefpatiënt
      Als de proefpatiënt wordt verwijderd en daarna gelezen
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-011
  Regel: Een PUT met een ander id dan het adres wordt geweigerd

    Scenario: een ander id en geen id
      Gegeven een proefomgeving die "create, update" belooft
      En een eigen proefpatiënt
      Als een PUT komt met een ander id of zonder id in de inhoud
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-012
  Regel: Een wijziging krijgt versie en tijdstip van de server

    Scenario: versie en tijdstip van de client
      Gegeven een proefomgeving die "create, update" belooft
      En een eigen proefpatiënt
      Als een PUT komt met een versie en tijdstip van de client
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-013
  Regel: Een PUT op een nieuw id volgt updateCreate

    Scenario: een id dat er niet is
      Gegeven een proefomgeving die "update" belooft
      Als een PUT komt op een id dat er niet is
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-014
  Regel: Een verouderde If-Match wordt geweigerd

    Scenario: de vorige versie
      Gegeven een proefomgeving die "create, update, versioned-update" belooft
      En een eigen proefpatiënt
      Als een PUT komt met een verouderde If-Match
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-015
  Regel: Van twee gelijktijdige wijzigingen met dezelfde versie slaagt er één

    Scenario: twee tegelijk
      Gegeven een proefomgeving die "create, update, versioned-update" belooft
      En een eigen proefpatiënt
      Als twee PUT's met dezelfde If-Match tegelijk komen
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-017
  Regel: Een voorwaardelijke PUT maakt, wijzigt of weigert

    Scenario: wijzigen bij niets, één en meer gevonden
      Gegeven een proefomgeving die "create, conditionalUpdate" belooft
      Als een voorwaardelijke PUT niets, één en meer dan één resource vindt
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-018
  Regel: Een patch wordt helemaal uitgevoerd of helemaal niet

    Scenario: een patch die lukt en een die mislukt
      Gegeven een proefomgeving die "create, patch" belooft
      En een eigen proefpatiënt
      Als de proefpatiënt met een goede en met een mislukkende patch wordt gewijzigd
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-019
  Regel: Verwijderen kan worden herhaald

    Scenario: wat er is, al weg is en er nooit was
      Gegeven een proefomgeving die "create, delete" belooft
      En een eigen proefpatiënt
      Als wordt verwijderd wat er is, wat al weg is en wat er nooit was
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-020
  Regel: Een voorwaardelijke DELETE verwijdert niet meer dan is beloofd

    Scenario: verwijderen bij één en meer gevonden
      Gegeven een proefomgeving die "create, conditionalDelete" belooft
      Als een voorwaardelijke DELETE één en meer dan één resource vindt
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-021
  Regel: Een nieuwe resource krijgt een id van de server en een adres dat werkt

    Scenario: een eigen id
      Gegeven een proefomgeving die "create" belooft
      Als een proefpatiënt met een eigen id en versie wordt gemaakt
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-022
  Regel: Onbruikbare inhoud wordt geweigerd en uitgelegd

    Scenario: kapotte JSON en een ander type
      Gegeven een proefomgeving die "create" belooft
      Als onbruikbare inhoud wordt gestuurd om een patiënt te maken
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-023
  Regel: If-None-Exist voorkomt dubbele resources

    Scenario: maken bij niets, één en meer gevonden
      Gegeven een proefomgeving die "create, conditionalCreate" belooft
      Als een proefpatiënt met If-None-Exist wordt gemaakt bij niets, één en meer dan één
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-024
  Regel: De kop Prefer bepaalt wat terugkomt na schrijven

    Scenario: elke vorm van Prefer
      Gegeven een proefomgeving die "create" belooft
      Als proefpatiënten worden gemaakt met elke vorm van Prefer
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-035
  Regel: Elk onderdeel van een batch staat op zichzelf

    Scenario: goed, onmogelijk, goed
      Gegeven een proefomgeving die "create, batch" belooft
      Als een batch met een goed, een onmogelijk en weer een goed onderdeel wordt gestuurd
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-036
  Regel: Een transactie slaagt helemaal of helemaal niet

    Scenario: een onmogelijk laatste onderdeel
      Gegeven een proefomgeving die "create, transaction" belooft
      Als een transactie met een onmogelijk laatste onderdeel wordt gestuurd
      Dan ging elke stap zoals FHIR vraagt

    Scenario: een verwijzing tussen nieuwe patiënten
      Gegeven een proefomgeving die "create, transaction" belooft
      Als een transactie wordt gestuurd waarin de ene patiënt naar de andere verwijst
      Dan ging elke stap zoals FHIR vraagt

  @alleen @eis:WGZ-FHR-039
  Regel: Inhoud die in JSON of XML van FHIR niet mag, wordt geweigerd

    Scenario: dubbele sleutel, lege lijst en DOCTYPE
      Gegeven een proefomgeving die "create" belooft
      Als inhoud wordt gestuurd die in JSON of XML van FHIR niet mag
      Dan ging elke stap zoals FHIR vraagt
