namespace OpenShare.Simulation.Invariants;

/// <summary>Every promise that is watched in every run.</summary>
internal static class Promises
{
    internal static IEnumerable<Invariant> All() =>
    [
        new DeliveredAsSent(),
        new WholeUnderItsName(),
        new InsideTheDestination(),
        new ReceiptBeforeSuccess(),
        new AcknowledgedIsWritten(),
        new LittleTravelsTwice(),
        new NoRecordTwice(),
        new NoSecretsInLogs(),
        new NoKeyInMessages(),
        new RevokedIsCutOff(),
        new KeyIsKeptFromTheRevoked(),
        new DuplicateIsRefused(),
        new PairedAsInvited(),
        new PairedStaysPaired(),
        new ProvisionalKeepsItsBounds(),
        new WithdrawnIsCutOff(),
        new EveryTransferEnds(),
        new NothingStays(),
        new KeepsMoving(),
        new EverythingIsBounded(),
    ];
}
