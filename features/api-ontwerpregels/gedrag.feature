# language: nl
@norm:ADR
Functionaliteit: NL API Design Rules – wat de API doet

  > Een rondgang langs de API, gemaakt uit haar eigen beschrijving: wat er is, wat er niet is, en onjuiste invoer.

  @eis:WGZ-ADR-020
  Regel: Een pad met een schuine streep erachter bestaat niet

    Scenario: rondgang langs de API: een pad met een schuine streep erachter bestaat niet
      Gegeven een API die antwoordt op wat is beschreven
      Als naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan geeft elk pad met een schuine streep erachter status 404

  @eis:WGZ-ADR-021
  Regel: Een methode die een pad niet kent, geeft 405 met Allow

    Scenario: rondgang langs de API: een methode die een pad niet kent, geeft 405 met Allow
      Gegeven een API die antwoordt op wat is beschreven
      Als naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan weigert elk pad een methode die niet is beschreven, en noemt welke het kent

    Scenario: wat is beschreven naast wat werkt
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te lezen is, twee keer wordt gelezen
      En naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan staat elke operatie die werkt in de beschrijving

  @eis:WGZ-ADR-022
  Regel: Lezen verandert niets

    Scenario: rondgang langs de API: lezen verandert niets
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te lezen is, twee keer wordt gelezen
      Dan geeft twee keer lezen hetzelfde

  @eis:WGZ-ADR-023
  Regel: Herhalen van PUT en DELETE heeft geen ander gevolg

    Scenario: rondgang langs de API: herhalen van PUT en DELETE heeft geen ander gevolg
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te schrijven is, wordt gemaakt, vervangen en verwijderd
      Dan heeft herhalen van PUT en DELETE hetzelfde gevolg als één keer

  @eis:WGZ-ADR-025
  Regel: Fouten zijn problem details

    Scenario: rondgang langs de API: fouten zijn problem details
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan legt elke fout zichzelf uit als problem details

  @eis:WGZ-ADR-026
  Regel: Ongeldige invoer krijgt status 400

    Scenario: rondgang langs de API: ongeldige invoer krijgt status 400
      Gegeven een API die antwoordt op wat is beschreven
      Als elke operatie onjuiste invoer krijgt
      Dan krijgt elke onjuiste invoer status 400

  @eis:WGZ-ADR-027
  Regel: Eén antwoord noemt alle fouten in de invoer

    Scenario: rondgang langs de API: eén antwoord noemt alle fouten in de invoer
      Gegeven een API die antwoordt op wat is beschreven
      Als elke operatie onjuiste invoer krijgt
      Dan noemt één antwoord alle fouten

  @eis:WGZ-ADR-028
  Regel: De beschrijving staat zonder inloggen bij de API

    Scenario: rondgang langs de API: de beschrijving staat zonder inloggen bij de API
      Gegeven een API die antwoordt op wat is beschreven
      Als naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan is de beschrijving zonder inloggen op te halen als openapi.json

  @eis:WGZ-ADR-029
  Regel: Elke website mag de beschrijving lezen

    Scenario: rondgang langs de API: elke website mag de beschrijving lezen
      Gegeven een API die antwoordt op wat is beschreven
      Als naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan mag elke website de beschrijving lezen

  @eis:WGZ-ADR-030
  Regel: Elk antwoord noemt de versie van de API

    Scenario: rondgang langs de API: elk antwoord noemt de versie van de API
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan noemt elk antwoord de versie van de beschrijving

  @eis:WGZ-ADR-031
  Regel: Elk antwoord heeft de koppen die beveiligen

    Scenario: rondgang langs de API: elk antwoord heeft de koppen die beveiligen
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan heeft elk antwoord de koppen die beveiligen

  @eis:WGZ-ADR-032
  Regel: Antwoorden verraden niet hoe de API is gemaakt

    Scenario: rondgang langs de API: antwoorden verraden niet hoe de API is gemaakt
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan verraadt geen antwoord hoe de API is gemaakt

  @eis:WGZ-ADR-033
  Regel: Een vorm die de API niet heeft, wordt geweigerd

    Scenario: rondgang langs de API: een vorm die de API niet heeft, wordt geweigerd
      Gegeven een API die antwoordt op wat is beschreven
      Als naar dingen, methoden en vormen wordt gevraagd die er niet zijn
      Dan weigert de API een vorm die zij niet heeft

  @eis:WGZ-ADR-034
  Regel: Datums en tijdstippen zijn goed geschreven

    Scenario: rondgang langs de API: datums en tijdstippen zijn goed geschreven
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te lezen is, twee keer wordt gelezen
      Dan is elke datum en elk tijdstip goed geschreven
