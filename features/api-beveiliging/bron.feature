# language: nl
@norm:OWA
Functionaliteit: Beveiliging van API's – de FHIR-bron

  > Ids van een patiënt die de ene organisatie mag zien, in vragen van een andere.

  @eis:WGZ-OWA-002
  Regel: Wie het id van een gegeven kent, krijgt het daarmee nog niet

    Scenario: lezen, zoeken en een bewerking met ids van een ander
      Gegeven de testpatiënt "zonder toestemming"
      En een tweede organisatie die van deze patiënt gegevens krijgt
      En de eerste organisatie krijgt van een andere patiënt wel gegevens
      Als de eerste organisatie met deze ids leest, zoekt en een bewerking vraagt
      Dan bevat geen van die antwoorden gegevens van deze patiënt
