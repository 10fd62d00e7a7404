using Tmds.DBus.Protocol;

namespace TspActors.Peer.Mpris;

/// <summary>A call from the bus with the arguments that this player understands.</summary>
/// <param name="Interface">The interface.</param>
/// <param name="Member">The method.</param>
internal sealed record MprisCall(string Interface, string Member)
{
    /// <summary>The first string among the arguments: an interface, or the path of a song.</summary>
    public string Text { get; init; } = "";

    /// <summary>The name of a property.</summary>
    public string Property { get; init; } = "";

    /// <summary>The new value of a property: a string or a double; null for other types.</summary>
    public object? Value { get; init; }

    /// <summary>A position or an offset in microseconds.</summary>
    public long Time { get; init; }

    /// <summary>Reads a call.</summary>
    /// <exception cref="FormatException">The arguments do not have the types that the method expects.</exception>
    public static MprisCall Read(Message message)
    {
        var call = new MprisCall(message.InterfaceAsString ?? "", message.MemberAsString ?? "");
        var reader = message.GetBodyReader();
        switch (call.Interface, call.Member, message.SignatureAsString ?? "")
        {
            case (MprisInterfaces.Properties, "GetAll", "s"):
                return call with { Text = reader.ReadString() };
            case (MprisInterfaces.Properties, "Get", "ss"):
                return call with { Text = reader.ReadString(), Property = reader.ReadString() };
            case (MprisInterfaces.Properties, "Set", "ssv"):
                return call with { Text = reader.ReadString(), Property = reader.ReadString(), Value = Plain(reader.ReadVariantValue()) };
            case (MprisInterfaces.Player, "Seek", "x"):
                return call with { Time = reader.ReadInt64() };
            case (MprisInterfaces.Player, "SetPosition", "ox"):
                return call with { Text = reader.ReadObjectPathAsString(), Time = reader.ReadInt64() };
            case (MprisInterfaces.Player, "OpenUri", "s"):
            case (_, _, ""):
                return call;
            default:
                throw new FormatException($"{call.Member} does not take arguments of the types {message.SignatureAsString}");
        }
    }

    private static object? Plain(VariantValue value) => value.Type switch
    {
        VariantValueType.String => value.GetString(),
        VariantValueType.Double => value.GetDouble(),
        _ => null,
    };
}
