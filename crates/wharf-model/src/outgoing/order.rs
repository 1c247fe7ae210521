//! Orders to pay and their statuses (India, Brazil).

mod amount;
mod details;
mod item;
mod payment;
mod totals;
mod update;

pub use amount::{Amount, Charge, Discount};
pub use details::{Beneficiary, Goods, OrderCurrency, OrderDetails, ReferenceId};
pub use item::{Importer, OrderItem};
pub use payment::{PaymentGateway, PaymentProvider, PaymentSetting, PixCode};
pub use totals::{Order, OrderExpiration};
pub use update::{OrderState, OrderUpdate, PaymentState, PaymentUpdate};
