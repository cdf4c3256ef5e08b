namespace OpenShare.Protocol.Transfer.Sending;

/// <summary>What is known of each transfer.</summary>
public sealed partial class SendTurns
{
    private sealed class Member(TransferId transfer) : IComparable<Member>
    {
        internal TransferId Transfer { get; } = transfer;

        /// <summary>Bytes it was given so far, counted from where the others were when it came.</summary>
        internal long Had { get; set; }

        internal long UnderWay { get; set; }

        internal long Acknowledged => Had - UnderWay;

        internal bool IsActive => Asked > 0 || UnderWay > 0;

        /// <summary>When something of it was done with the last time, or under way again.</summary>
        internal DateTimeOffset HeardAt { get; set; }

        /// <summary>What it waits for; 0: it does not wait.</summary>
        internal long Asked { get; set; }

        /// <summary>It had nothing under way, and had asked for nothing; and it had no turn since.</summary>
        internal bool HasJustCome { get; set; }

        /// <summary>Of what is under way: its turn came, and it has not used it yet.</summary>
        internal long Granted { get; set; }

        /// <summary>It lost its streams with something under way, and has not asked since.</summary>
        internal bool ComesBack { get; set; }

        /// <summary>Of those that had the same, the one that waits longer is first.</summary>
        internal long Since { get; set; }

        public int CompareTo(Member? other) => (Had, Since).CompareTo((other!.Had, other.Since));
    }
}
