# language: nl
@norm:ADR
Functionaliteit: NL API Design Rules – de beschrijving

  > De regels die aan een OpenAPI-document alleen te zien zijn. Elke afwijking noemt bestand, regel en JSON-pointer.

  @eis:WGZ-ADR-001
  Regel: De beschrijving is een leesbaar document van OpenAPI 3

    Scenario: het document naast /core/doc-openapi
      Gegeven het OpenAPI-document van de API
      Als de beschrijving naast "/core/doc-openapi" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-002
  Regel: De beschrijving noemt een contact

    Scenario: het document naast /core/doc-openapi-contact
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/doc-openapi-contact" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-CON-001
  Regel: De beschrijving heeft alle verplichte onderdelen van OpenAPI

    Scenario: het document naast /openapi/structure
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/openapi/structure" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-CON-002
  Regel: Voorbeelden in de beschrijving passen bij hun schema

    Scenario: het document naast /openapi/examples
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/openapi/examples" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-003
  Regel: Geen pad eindigt op een schuine streep

    Scenario: het document naast /core/no-trailing-slash
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/no-trailing-slash" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-004
  Regel: Delen van paden staan in kebab-case

    Scenario: het document naast /core/path-segments-kebab-case
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/path-segments-kebab-case" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-005
  Regel: Queryparameters staan in lowerCamelCase

    Scenario: het document naast /core/query-keys-camel-case
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/query-keys-camel-case" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-006
  Regel: De beschrijving kent alleen gewone methoden van HTTP

    Scenario: het document naast /core/http-methods
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/http-methods" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-007
  Regel: Velden met een datum of tijd hebben een vaste vorm

    Scenario: het document naast /core/date-time/format
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/date-time/format" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-008
  Regel: Velden met alleen een datum hebben geen tijd

    Scenario: het document naast /core/date-time/date-omit-time-portion
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/date-time/date-omit-time-portion" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-009
  Regel: De beschrijving geeft fouten als problem details

    Scenario: het document naast /core/error-handling/problem-details
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/error-handling/problem-details" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-010
  Regel: De beschrijving geeft 400 bij ongeldige invoer

    Scenario: het document naast /core/error-handling/invalid-input
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/error-handling/invalid-input" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-011
  Regel: Het adres bevat alleen het hoofdnummer van de versie

    Scenario: het document naast /core/uri-version
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/uri-version" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-012
  Regel: De versie volgt Semantic Versioning

    Scenario: het document naast /core/semver
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/semver" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-013
  Regel: De beschrijving belooft API-Version bij elk antwoord

    Scenario: het document naast /core/version-header
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/version-header" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-014
  Regel: Bij wat vervalt, staat wanneer

    Scenario: het document naast /core/deprecation-schedule
      Gegeven een leesbaar OpenAPI-document
      En de beschrijving noemt wat vervalt
      Als de beschrijving naast "/core/deprecation-schedule" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-015
  Regel: Geen BSN, sleutel of token in een adres

    Scenario: het document naast /core/transport/no-sensitive-uris
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/transport/no-sensitive-uris" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af

  @eis:WGZ-ADR-016
  Regel: Paden noemen dingen en geen handelingen

    Scenario: het document naast /core/naming-resources
      Gegeven een leesbaar OpenAPI-document
      Als de beschrijving naast "/core/naming-resources" wordt gelegd
      Dan wijkt de beschrijving daar nergens van af
