using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>An open invitation: the first peer to prove that it knows the code becomes a member.</summary>
/// <param name="Code">The secret, which works as an access key until it is used.</param>
/// <param name="Expires">When the invitation expires, to the second.</param>
/// <param name="Name">The name of the future member; empty = the tracker derives one from the key.</param>
internal sealed record Invitation(string Code, DateTimeOffset Expires, string Name)
{
    private const int ShownOfCode = 4;

    /// <summary>The name, or the beginning of the code if there is no name. It identifies the invitation in commands.</summary>
    public string Label => Name.Length > 0 ? Name : $"code-{Code[..ShownOfCode]}";

    /// <summary>Returns the code as an access key.</summary>
    public AccessKey ToAccessKey() => new(Code);

    /// <summary>Returns a description without the code.</summary>
    public override string ToString() => $"the invitation for {Label}";
}
