// One generic id type, read as one word per kind of thing. Compiled into every project by Directory.Build.props.
global using BidId = Marketplace.Kernel.Id<Marketplace.Kernel.BidKind>;
global using CertificateId = Marketplace.Kernel.Id<Marketplace.Kernel.CertificateKind>;
global using EnrolmentId = Marketplace.Kernel.Id<Marketplace.Kernel.EnrolmentKind>;
global using EntryId = Marketplace.Kernel.Id<Marketplace.Kernel.EntryKind>;
global using InvoiceId = Marketplace.Kernel.Id<Marketplace.Kernel.InvoiceKind>;
global using LeaseId = Marketplace.Kernel.Id<Marketplace.Kernel.LeaseKind>;
global using ListingId = Marketplace.Kernel.Id<Marketplace.Kernel.ListingKind>;
global using MachineId = Marketplace.Kernel.Id<Marketplace.Kernel.MachineKind>;
global using MessageId = Marketplace.Kernel.Id<Marketplace.Kernel.MessageKind>;
global using OrganisationId = Marketplace.Kernel.Id<Marketplace.Kernel.OrganisationKind>;
global using PayoutId = Marketplace.Kernel.Id<Marketplace.Kernel.PayoutKind>;
global using ReconciliationId = Marketplace.Kernel.Id<Marketplace.Kernel.ReconciliationKind>;
global using RunId = Marketplace.Kernel.Id<Marketplace.Kernel.RunKind>;
global using TradeId = Marketplace.Kernel.Id<Marketplace.Kernel.TradeKind>;
global using UsageId = Marketplace.Kernel.Id<Marketplace.Kernel.UsageKind>;
global using VerificationId = Marketplace.Kernel.Id<Marketplace.Kernel.VerificationKind>;
