using OpenShare.Registration.Tests.Administration;
using OpenShare.Registration.Tests.Audit;
using OpenShare.Registration.Tests.Issuing;
using OpenShare.Registration.Tests.Keys;
using OpenShare.Registration.Tests.Login;
using OpenShare.Registration.Tests.Revocation;

namespace OpenShare.Registration.Tests.Storage;

// The suites whose promises the database keeps, once more over PostgreSQL.

public sealed class AuditLogOnPostgresTests : AuditLogTests
{
    protected override bool OnPostgres => true;
}

public sealed class RegistrationOnPostgresTests : RegistrationTests
{
    protected override bool OnPostgres => true;
}

public sealed class LoginOnPostgresTests : LoginTests
{
    protected override bool OnPostgres => true;
}

public sealed class LostAnswerOnPostgresTests : LostAnswerTests
{
    protected override bool OnPostgres => true;
}

public sealed class DiscoveryKeyOnPostgresTests : DiscoveryKeyTests
{
    protected override bool OnPostgres => true;
}

public sealed class RevocationOnPostgresTests : RevocationTests
{
    protected override bool OnPostgres => true;
}

public sealed class DeltaOnPostgresTests : DeltaTests
{
    protected override bool OnPostgres => true;
}

public sealed class LongPollOnPostgresTests : LongPollTests
{
    protected override bool OnPostgres => true;
}

public sealed class KeyRotationOnPostgresTests : KeyRotationTests
{
    protected override bool OnPostgres => true;
}

public sealed class SharedWriteOnPostgresTests : SharedWriteTests
{
    protected override bool OnPostgres => true;
}

public sealed class EndorsementOnPostgresTests : EndorsementTests
{
    protected override bool OnPostgres => true;
}

public sealed class PromotionOnPostgresTests : PromotionTests
{
    protected override bool OnPostgres => true;
}

public sealed class PromotionQueueOnPostgresTests : PromotionQueueTests
{
    protected override bool OnPostgres => true;
}

public sealed class DeviceListOnPostgresTests : DeviceListTests
{
    protected override bool OnPostgres => true;
}
