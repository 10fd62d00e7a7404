using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Members;

/// <summary>Keys for tests about members.</summary>
internal static class Guests
{
    /// <summary>Returns the key id of a number: 16 bytes with this value.</summary>
    public static KeyId Key(byte number)
    {
        Span<byte> bytes = stackalloc byte[KeyId.Size];
        bytes.Fill(number);
        return new KeyId(bytes);
    }
}
