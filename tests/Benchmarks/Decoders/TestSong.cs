namespace TspActors.Benchmarks.Decoders;

/// <summary>A generated MP3.</summary>
/// <param name="Group">The row of the table.</param>
/// <param name="Name">What was encoded, and how.</param>
/// <param name="Bytes">The file.</param>
/// <param name="Samples">The number of samples per channel that were encoded; 0 if the file does not state it, or is damaged.</param>
internal sealed record TestSong(string Group, string Name, byte[] Bytes, int Samples)
{
    internal const string Damaged = "damaged";

    internal bool IsDamaged => Group == Damaged;
}
