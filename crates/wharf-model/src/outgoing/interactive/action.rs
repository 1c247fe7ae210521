//! What the user may tap, and what may stand around it.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{
    AddressRequest, Buttons, Carousel, CatalogMessage, CtaUrl, FlowMessage, Header, HeaderMedia,
    List, ProductList, VoiceCall,
};
use crate::outgoing::invalid::InvalidMessage;
use crate::outgoing::limits;
use crate::outgoing::order::{OrderDetails, OrderUpdate};
use crate::outgoing::product::Product;
use crate::outgoing::read::Object;

/// What the user may tap.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// One to three reply buttons.
    ///
    /// See [Cloud API/Interactive reply buttons messages].
    Buttons(Buttons),
    /// A list of up to ten rows.
    ///
    /// See [Cloud API/Interactive list messages].
    List(List),
    /// A button that opens a URL.
    ///
    /// See [Cloud API/Interactive CTA URL button messages].
    CtaUrl(CtaUrl),
    /// A button that asks where the user is.
    ///
    /// See [Cloud API/Location request messages].
    LocationRequest,
    /// A button that opens a flow.
    ///
    /// See [Cloud API/Flows/Sending a flow].
    Flow(FlowMessage),
    /// A button that opens the catalogue.
    ///
    /// See [Cloud API/Share products].
    Catalog(CatalogMessage),
    /// One product; the body may be absent.
    ///
    /// See [Cloud API/Share products].
    Product(Product),
    /// Up to thirty products.
    ///
    /// See [Cloud API/Share products].
    ProductList(ProductList),
    /// Two to ten cards.
    ///
    /// See [Cloud API/Interactive media carousel messages] and
    /// [Cloud API/Interactive product carousel messages].
    Carousel(Carousel),
    /// A form for an address in India.
    ///
    /// See [Cloud API/Address messages].
    Address(AddressRequest),
    /// Asks for the permission to call; the body may be absent.
    ///
    /// See [Cloud API/User call permissions].
    CallPermissionRequest,
    /// A button that calls the business over WhatsApp.
    ///
    /// See [Cloud API/Call button messages and deep links].
    VoiceCall(VoiceCall),
    /// A button that asks for the user's phone number.
    ///
    /// See [Cloud API/Business-scoped user IDs].
    ContactInfoRequest,
    /// An order to review and pay (India, Brazil).
    ///
    /// See [Cloud API/Payments].
    OrderDetails(Box<OrderDetails>),
    /// How an order stands (India, Brazil).
    ///
    /// See [Cloud API/Payments].
    OrderStatus(OrderUpdate),
}

/// Which headers a kind of message takes.
enum Headers {
    Any,
    Text,
    Image,
    None,
}

impl Action {
    /// Meta's `interactive.type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Buttons(_) => "button",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::LocationRequest => "location_request_message",
            Self::Flow(_) => "flow",
            Self::Catalog(_) => "catalog_message",
            Self::Product(_) => "product",
            Self::ProductList(_) => "product_list",
            Self::Carousel(_) => "carousel",
            Self::Address(_) => "address_message",
            Self::CallPermissionRequest => "call_permission_request",
            Self::VoiceCall(_) => "voice_call",
            Self::ContactInfoRequest => "request_contact_info",
            Self::OrderDetails(_) => "order_details",
            Self::OrderStatus(_) => "order_status",
        }
    }

    pub(super) fn body_limit(&self) -> usize {
        match self {
            Self::List(_) => limits::LIST_BODY,
            _ => limits::INTERACTIVE_BODY,
        }
    }

    /// Whether the body may be absent.
    pub(super) fn body_is_optional(&self) -> bool {
        matches!(self, Self::Product(_) | Self::CallPermissionRequest)
    }

    pub(super) fn takes_footer(&self) -> bool {
        !matches!(
            self,
            Self::LocationRequest
                | Self::Carousel(_)
                | Self::CallPermissionRequest
                | Self::ContactInfoRequest
        )
    }

    fn headers(&self) -> Headers {
        match self {
            Self::Buttons(_) | Self::CtaUrl(_) | Self::Flow(_) => Headers::Any,
            Self::List(_) | Self::ProductList(_) => Headers::Text,
            Self::OrderDetails(_) => Headers::Image,
            _ => Headers::None,
        }
    }

    /// Refuses a header that this kind of message does not take.
    pub(super) fn check_header(&self, header: &Header) -> Result<(), InvalidMessage> {
        let image = matches!(
            header,
            Header::Media {
                kind: HeaderMedia::Image,
                ..
            }
        );
        let reason = match self.headers() {
            Headers::Any => return Ok(()),
            Headers::Text if matches!(header, Header::Text(_)) => return Ok(()),
            Headers::Image if image => return Ok(()),
            Headers::Text => "this kind of message takes only a text header",
            Headers::Image => "this kind of message takes only a picture as header",
            Headers::None => "this kind of message takes no header",
        };
        Err(InvalidMessage::invalid("/interactive/header/type", reason))
    }

    pub(super) fn read(interactive: &Object<'_>) -> Result<Self, InvalidMessage> {
        Ok(match interactive.require_text("type")? {
            "button" => Self::Buttons(Buttons::read(interactive)?),
            "list" => Self::List(List::read(interactive)?),
            "cta_url" => Self::CtaUrl(CtaUrl::read(interactive)?),
            "location_request_message" => {
                named(interactive, "send_location").map(|_| Self::LocationRequest)?
            }
            "flow" => Self::Flow(FlowMessage::read(interactive)?),
            "catalog_message" => Self::Catalog(CatalogMessage::read(interactive)?),
            "product" => {
                let action = interactive.require_child("action", Product::KEYS)?;
                Self::Product(Product::read(&action)?)
            }
            "product_list" => Self::ProductList(ProductList::read(interactive)?),
            "carousel" => Self::Carousel(Carousel::read(interactive)?),
            "address_message" => Self::Address(AddressRequest::read(interactive)?),
            "call_permission_request" => named(interactive, "call_permission_request")
                .map(|_| Self::CallPermissionRequest)?,
            "voice_call" => Self::VoiceCall(VoiceCall::read(interactive)?),
            "request_contact_info" => {
                named(interactive, "request_contact_info").map(|_| Self::ContactInfoRequest)?
            }
            "order_details" => {
                let action = named(interactive, "review_and_pay")?;
                let details = action.require_child("parameters", OrderDetails::KEYS)?;
                Self::OrderDetails(Box::new(OrderDetails::read(&details)?))
            }
            "order_status" => {
                let action = named(interactive, "review_order")?;
                let update = action.require_child("parameters", OrderUpdate::KEYS)?;
                Self::OrderStatus(OrderUpdate::read(&update)?)
            }
            kind => {
                return Err(InvalidMessage::Unsupported {
                    field: interactive.pointer("type"),
                    kind: kind.to_owned(),
                });
            }
        })
    }
}

/// The action of a kind whose action has one fixed name, which may be left out.
pub(super) fn named<'a>(
    interactive: &Object<'a>,
    name: &str,
) -> Result<Object<'a>, InvalidMessage> {
    let action = interactive.require_child("action", &["name", "parameters"])?;
    if action.text("name")?.is_some_and(|found| found != name) {
        return Err(action.invalid("name", "not the name that this kind of message has"));
    }
    Ok(action)
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Buttons(buttons) => buttons.serialize(serializer),
            Self::List(list) => list.serialize(serializer),
            Self::CtaUrl(link) => link.serialize(serializer),
            Self::LocationRequest => Name::only("send_location").serialize(serializer),
            Self::Flow(flow) => flow.serialize(serializer),
            Self::Catalog(catalog) => catalog.serialize(serializer),
            Self::Product(product) => product.serialize(serializer),
            Self::ProductList(list) => list.serialize(serializer),
            Self::Carousel(carousel) => carousel.serialize(serializer),
            Self::Address(form) => form.serialize(serializer),
            Self::CallPermissionRequest => {
                Name::only("call_permission_request").serialize(serializer)
            }
            Self::VoiceCall(call) => call.serialize(serializer),
            Self::ContactInfoRequest => Name::only("request_contact_info").serialize(serializer),
            Self::OrderDetails(details) => {
                with_parameters("review_and_pay", details.as_ref(), serializer)
            }
            Self::OrderStatus(update) => with_parameters("review_order", update, serializer),
        }
    }
}

#[derive(Serialize)]
struct Name {
    name: &'static str,
}

impl Name {
    fn only(name: &'static str) -> Self {
        Self { name }
    }
}

fn with_parameters<S: Serializer>(
    name: &str,
    parameters: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("name", name)?;
    map.serialize_entry("parameters", parameters)?;
    map.end()
}

impl From<Buttons> for Action {
    fn from(buttons: Buttons) -> Self {
        Self::Buttons(buttons)
    }
}

impl From<List> for Action {
    fn from(list: List) -> Self {
        Self::List(list)
    }
}

impl From<CtaUrl> for Action {
    fn from(link: CtaUrl) -> Self {
        Self::CtaUrl(link)
    }
}

impl From<FlowMessage> for Action {
    fn from(flow: FlowMessage) -> Self {
        Self::Flow(flow)
    }
}

impl From<CatalogMessage> for Action {
    fn from(catalog: CatalogMessage) -> Self {
        Self::Catalog(catalog)
    }
}

impl From<Product> for Action {
    fn from(product: Product) -> Self {
        Self::Product(product)
    }
}

impl From<ProductList> for Action {
    fn from(list: ProductList) -> Self {
        Self::ProductList(list)
    }
}

impl From<Carousel> for Action {
    fn from(carousel: Carousel) -> Self {
        Self::Carousel(carousel)
    }
}

impl From<AddressRequest> for Action {
    fn from(form: AddressRequest) -> Self {
        Self::Address(form)
    }
}

impl From<VoiceCall> for Action {
    fn from(call: VoiceCall) -> Self {
        Self::VoiceCall(call)
    }
}

impl From<OrderDetails> for Action {
    fn from(details: OrderDetails) -> Self {
        Self::OrderDetails(Box::new(details))
    }
}

impl From<OrderUpdate> for Action {
    fn from(update: OrderUpdate) -> Self {
        Self::OrderStatus(update)
    }
}
