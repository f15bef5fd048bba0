//! A token after it was issued: introspection (RFC 7662) and revocation (RFC 7009).

use serde_json::{Value, json};

use crate::oauth::assertion::{self, Audience};
use crate::oauth::form::Form;
use crate::oauth::jose::Jws;
use crate::oauth::{OauthError, access};
use crate::state::{Product, Tenant};

/// Who asks about a token, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) certificate_ura: Option<&'a str>,
    pub(crate) now: i64,
}

/// What the product says of the token in a form.
pub(crate) async fn introspect(
    product: &Product,
    tenant: &Tenant,
    body: &[u8],
    with: Asking<'_>,
) -> Result<Value, OauthError> {
    let form = Form::parse(body, &product.defects)?;
    if !product.defects.has("introspection-open") {
        authenticate(product, tenant, &form, with).await?;
    }
    let jws = Jws::parse(form.get("token").unwrap_or_default()).ok();
    let known = jws.as_ref().filter(|jws| access::is_alive(jws, product, tenant, with.now));
    Ok(match (known, jws.as_ref()) {
        (Some(jws), _) => {
            let mut said = json!({ "active": true });
            for name in ["client_id", "scope", "exp", "iat", "iss", "aud"] {
                said[name] = jws.claims.get(name).cloned().unwrap_or_default();
            }
            said
        }
        (None, Some(jws)) if product.defects.has("inactive-token-described") => {
            json!({ "active": false, "client_id": jws.text("client_id") })
        }
        _ => json!({ "active": false }),
    })
}

/// Revokes the token in a form, when it is one of the client that asks.
pub(crate) async fn revoke(
    product: &Product,
    tenant: &Tenant,
    body: &[u8],
    with: Asking<'_>,
) -> Result<(), OauthError> {
    let form = Form::parse(body, &product.defects)?;
    let client = authenticate(product, tenant, &form, with).await?;
    let jws = Jws::parse(form.get("token").unwrap_or_default()).ok();
    let own = jws.filter(|jws| {
        access::is_alive(jws, product, tenant, with.now) && jws.text("client_id") == Some(client.as_str())
    });
    if let Some(id) = own.as_ref().and_then(|jws| jws.text("jti"))
        && !product.defects.has("revocation-ignored")
    {
        product.revoke(id);
    }
    Ok(())
}

async fn authenticate(
    product: &Product,
    tenant: &Tenant,
    form: &Form,
    with: Asking<'_>,
) -> Result<String, OauthError> {
    let audience = Audience::of(tenant, product.variant);
    let client = assertion::authenticate(form, None, with.certificate_ura, product, audience, with.now);
    Ok(client.await?.client_id)
}
