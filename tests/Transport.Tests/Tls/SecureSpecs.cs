using TspActors.Transport.Tests.Connections;
using TspActors.Transport.Tests.Server;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

// Everything that holds for plain connections holds for TLS. Each class repeats the tests of its base class with encrypted connections.

public sealed class SecureReadingSpecs(ITestOutputHelper output) : ReadingSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureWritingSpecs(ITestOutputHelper output) : WritingSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureClosingSpecs(ITestOutputHelper output) : ClosingSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureDeadlineSpecs(ITestOutputHelper output) : DeadlineSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureViolationSpecs(ITestOutputHelper output) : ViolationSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureStrangerSpecs(ITestOutputHelper output) : StrangerSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureDrainSpecs(ITestOutputHelper output) : DrainSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureRawSpecs(ITestOutputHelper output) : RawSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureTspServerSpecs(ITestOutputHelper output) : TspServerSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureDialSpecs(ITestOutputHelper output) : DialSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureDialRaceSpecs(ITestOutputHelper output) : DialRaceSpecs(output)
{
    protected override bool IsSecure => true;
}

public sealed class SecureProveLifeSpecs(ITestOutputHelper output) : ProveLifeSpecs(output)
{
    protected override bool IsSecure => true;
}
