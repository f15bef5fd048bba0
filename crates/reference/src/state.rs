//! The running product: its tenants, its clients and what it remembers.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::agenda::Agenda;
use crate::audit::AuditLog;
use crate::authority::Authority;
use crate::client::{Own, Registrations, Replicas};
use crate::consent::Consent;
use crate::defects::Defects;
use crate::fhir::{PatientsByPurpose, Service};
use crate::oauth::jwks::JwksClient;
use crate::oauth::keys::SigningKey;
use crate::oauth::nonces::{Nonces, Server};
use crate::oauth::replay::Seen;
use crate::options::{Options, StartError, Variant};
use crate::pki::{URA_OTHER_TENANT, URA_PARTY_A, URA_PARTY_B, URA_SOURCE};
use crate::sandbox::Sandbox;
use crate::transfer::{Inbox, Outbox};

/// Client ids of the parties the product knows.
pub(crate) const CLIENT_A: &str = "keur-a";
pub(crate) const CLIENT_B: &str = "keur-b";
pub(crate) const CLIENT_ROTATING: &str = "keur-rotatie";

/// A registered client.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) ura: String,
    pub(crate) jwks_uri: String,
}

/// One care organisation on the server.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) ura: String,
    pub(crate) issuer: String,
    pub(crate) fhir_base: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) service: Service,
    pub(crate) bsns: BTreeSet<String>,
    /// Which patient was referred to which organisation: presumed consent.
    pub(crate) referrals: BTreeSet<(String, String)>,
}

/// Everything the request handlers share.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) defects: Defects,
    pub(crate) variant: Variant,
    /// Scheme and authority of the server.
    pub(crate) origin: String,
    /// The open FHIR server that answers instead of everything else.
    pub(crate) sandbox: Option<Sandbox>,
    /// The same of the port that is open to all.
    pub(crate) open_origin: String,
    /// The open API.
    pub(crate) agenda: Agenda,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) clients: Vec<Client>,
    pub(crate) jwks: JwksClient,
    /// The issuer of credentials it trusts: the address below which that one publishes.
    pub(crate) credential_issuer: String,
    pub(crate) signing: SigningKey,
    pub(crate) seen: Seen,
    /// Nonces for proofs, at the token endpoint and at the FHIR service.
    nonces: [Nonces; 2],
    /// The ids of tokens that were revoked.
    revoked: Mutex<BTreeSet<String>>,
    pub(crate) consent: Consent,
    /// The Tasks that were sent to others.
    pub(crate) outbox: Outbox,
    /// What others notified.
    pub(crate) inbox: Inbox,
    pub(crate) audit: AuditLog,
    /// The test CA, which revokes on request.
    pub(crate) authority: Arc<Authority>,
    /// Where the other party is, whoever plays it.
    pub(crate) desk: String,
    /// What the product is as a client.
    pub(crate) caller: Own,
    /// What it knows of directories, and what it registered at localisation indices.
    pub(crate) replicas: Replicas,
    pub(crate) registrations: Registrations,
    pub(crate) hook_token: String,
    /// Value of the session cookie of the `needs-session` defect.
    pub(crate) session: String,
}

impl Product {
    pub(crate) fn new(
        options: &Options,
        variant: Variant,
        [origin, open_origin, desk]: [String; 3],
        jwks_base: &str,
        authority: Arc<Authority>,
        caller: Own,
    ) -> Result<Self, StartError> {
        let defects = &options.defects;
        let main = Tenant::new(URA_SOURCE, &origin, defects, options.data.as_deref())?;
        if let Some(folder) = &options.data
            && main.bsns.is_empty()
        {
            return Err(StartError::NoPatients(folder.clone()));
        }
        let other = Tenant::new(URA_OTHER_TENANT, &origin, defects, None)?;
        let client = |id: &str, ura: &str| Client {
            id: id.to_owned(),
            ura: ura.to_owned(),
            jwks_uri: format!("{jwks_base}/{id}/jwks.json"),
        };
        let credential_issuer = format!("{jwks_base}/{}", crate::oauth::credentials::ISSUER);
        let patients = main.service.patients();
        let sandbox = match variant {
            Variant::Open { stu3 } => Some(Sandbox::new(&origin, stu3, defects.clone())),
            _ => None,
        };
        Ok(Self {
            sandbox,
            variant,
            consent: Consent::new(patients.no_consent.as_deref(), defects.clone()),
            outbox: Outbox::new(defects.clone()),
            inbox: Inbox::new(defects.clone()),
            clients: vec![
                client(CLIENT_A, URA_PARTY_A),
                client(CLIENT_B, URA_PARTY_B),
                client(CLIENT_ROTATING, URA_PARTY_A),
            ],
            jwks: JwksClient::new(defects)?,
            credential_issuer,
            signing: SigningKey::generate()?,
            seen: Seen::default(),
            nonces: Default::default(),
            revoked: Mutex::default(),
            audit: AuditLog::new(defects.clone(), variant),
            authority,
            desk,
            caller,
            replicas: Replicas::default(),
            registrations: Registrations::default(),
            hook_token: crate::random::secret(),
            session: crate::random::uuid(),
            defects: defects.clone(),
            agenda: Agenda::new(defects, &main.token_endpoint),
            tenants: vec![main, other],
            open_origin,
            origin,
        })
    }

    pub(crate) fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// From now on this token is dead.
    pub(crate) fn revoke(&self, id: &str) {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    pub(crate) fn is_revoked(&self, id: &str) -> bool {
        self.revoked.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// The nonces of a server, in the variant that has them.
    pub(crate) fn nonces(&self, server: Server) -> Option<&Nonces> {
        self.variant.has_nonces().then(|| &self.nonces[usize::from(server == Server::Resource)])
    }

    pub(crate) fn tenant(&self, ura: &str) -> Option<&Tenant> {
        self.tenants.iter().find(|tenant| tenant.ura == ura)
    }
}

impl Tenant {
    pub(crate) fn new(
        ura: &str,
        origin: &str,
        defects: &Defects,
        data: Option<&Path>,
    ) -> Result<Self, StartError> {
        let issuer = format!("{origin}/{ura}");
        let fhir_base = format!("{issuer}/fhir");
        let service = match data {
            Some(folder) => Service::from_folder(folder, fhir_base.clone(), defects.clone())?,
            None => Service::synthetic(ura, fhir_base.clone(), defects.clone()),
        };
        let bsns: BTreeSet<String> = service.bsns().into_iter().collect();
        Ok(Self {
            referrals: referrals(&bsns, &service.patients()),
            ura: ura.to_owned(),
            token_endpoint: format!("{issuer}/oauth/token"),
            jwks_uri: format!("{issuer}/jwks"),
            issuer,
            fhir_base,
            service,
            bsns,
        })
    }
}

/// Everyone is referred to both parties, but `other` to nobody and `no_consent` to party B alone.
fn referrals(bsns: &BTreeSet<String>, patients: &PatientsByPurpose) -> BTreeSet<(String, String)> {
    let mut referrals = BTreeSet::new();
    for bsn in bsns {
        let is = |purpose: &Option<String>| purpose.as_ref() == Some(bsn);
        if is(&patients.other) {
            continue;
        }
        if !is(&patients.no_consent) {
            referrals.insert((bsn.clone(), URA_PARTY_A.to_owned()));
        }
        referrals.insert((bsn.clone(), URA_PARTY_B.to_owned()));
    }
    referrals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referrals_follow_the_purpose_of_the_patient() {
        let bsns: BTreeSet<String> = ["1", "2", "3"].map(str::to_owned).into();
        let patients = PatientsByPurpose {
            complete: Some("1".into()),
            other: Some("2".into()),
            no_consent: Some("3".into()),
            ..PatientsByPurpose::default()
        };
        let pair = |bsn: &str, ura: &str| (bsn.to_owned(), ura.to_owned());
        assert_eq!(
            referrals(&bsns, &patients),
            [pair("1", URA_PARTY_A), pair("1", URA_PARTY_B), pair("3", URA_PARTY_B)].into()
        );
    }
}
