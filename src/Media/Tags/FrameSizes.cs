namespace TspActors.Media.Tags;

/// <summary>The notations that programs use for the frame sizes in an ID3v2 tag.</summary>
internal enum FrameSizes
{
    /// <summary>
    /// As defined by the tag's version: synchsafe since 2.4, plain before. Before 2.4, sizes do not count the zeros that unsynchronisation
    /// inserts.
    /// </summary>
    Defined,

    /// <summary>Plain in a 2.4 tag, as old versions of iTunes wrote it, or synchsafe in a 2.3 tag.</summary>
    Swapped,

    /// <summary>Both notations in one 2.4 tag, because a program copied frames that another program had written.</summary>
    Mixed,

    /// <summary>Before 2.4: the sizes also count the zeros that unsynchronisation inserts.</summary>
    Stored,
}
