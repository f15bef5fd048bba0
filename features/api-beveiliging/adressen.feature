# language: nl
@norm:OWA
Functionaliteit: Beveiliging van API's – adressen in invoer

  > Adressen in invoer wijzen naar keur zelf. Wie daar komt, ging waar invoer hem stuurde.

  @eis:WGZ-OWA-008
  Regel: De API gaat niet naar adressen die een client noemt

    Scenario: ons adres in elk veld voor een adres
      Gegeven een API die antwoordt op wat is beschreven
      En een adres van keur waar het product wel kan komen
      Als dat adres in elk veld voor een adres wordt gezet
      Dan is er niemand op dat adres geweest

  @eis:WGZ-OWA-011
  Regel: De bron gaat niet naar adressen in een zoekvraag of in XML

    Scenario: ons adres als verwijzing naar een patiënt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      En een adres van keur waar het product wel kan komen
      Als de bron dat adres krijgt als "verwijzing naar een patiënt"
      Dan is er niemand op dat adres geweest

    Scenario: ons adres als profiel
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      En een adres van keur waar het product wel kan komen
      Als de bron dat adres krijgt als "profiel"
      Dan is er niemand op dat adres geweest

    Scenario: ons adres als externe entiteit in XML
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      En een adres van keur waar het product wel kan komen
      Als de bron dat adres krijgt als "externe entiteit in XML"
      Dan is er niemand op dat adres geweest
