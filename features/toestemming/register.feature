# language: nl
@norm:TOESTEMMING
Functionaliteit: Toestemming – een register met FHIR Consents

  @eis:WGZ-CNS-009 @variant:fhir-consent
  Regel: Een toestemming telt alleen als zij nu geldt, voor deze patiënt en deze vrager

    Abstract Scenario: een toestemming die <staat> is, telt niet
      Gegeven de testpatiënt "zonder toestemming"
      En een geslaagde opvraging zonder verwijzing terwijl de enige toestemming geldt voor deze vrager
      Als een organisatie zonder verwijzing deze patiënt opvraagt terwijl de enige toestemming "<staat>" is
      Dan krijgt de organisatie geen gegevens van deze patiënt

      Voorbeelden:
        | staat                       |
        | ingetrokken                 |
        | per vergissing vastgelegd   |
        | nog niet bevestigd          |
        | verlopen                    |
        | nog niet ingegaan           |
        | van een andere patiënt      |
        | voor een andere organisatie |
