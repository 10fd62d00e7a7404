namespace TspActors.EndToEnd.Tests.Nat;

/// <summary>A test in a <see cref="NatNetwork"/>. It is skipped, with the reason, if no network can be built, except in CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NatFactAttribute : FactAttribute
{
    public NatFactAttribute()
    {
        if (!NatTools.IsCi)
            Skip = NatTools.Missing;
    }
}
