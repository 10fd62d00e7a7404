namespace TspActors.Playback.Decoders.Layer3;

/// <summary>The latest bytes of main data (the bit reservoir), which later frames may use.</summary>
internal sealed class MainDataReservoir
{
    /// <summary>The maximum number of earlier bytes that a frame can use: the field that counts them has nine bits.</summary>
    internal const int MaxBytes = 511;

    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _count;

    /// <summary>Copies the last bytes.</summary>
    /// <returns>False if the reservoir has fewer bytes.</returns>
    internal bool TryCopyLast(int count, Span<byte> target)
    {
        if (count > _count)
            return false;
        _bytes.AsSpan(_count - count, count).CopyTo(target);
        return true;
    }

    /// <summary>Adds the main data of a frame.</summary>
    internal void Add(ReadOnlySpan<byte> mainData)
    {
        if (mainData.Length > MaxBytes)
            mainData = mainData[^MaxBytes..];
        var kept = Math.Min(_count, MaxBytes - mainData.Length);
        _bytes.AsSpan(_count - kept, kept).CopyTo(_bytes);
        mainData.CopyTo(_bytes.AsSpan(kept));
        _count = kept + mainData.Length;
    }

    /// <summary>Forgets everything, because the next frame does not follow the last one.</summary>
    internal void Clear() => _count = 0;
}
