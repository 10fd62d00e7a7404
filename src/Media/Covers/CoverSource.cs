namespace TspActors.Media.Covers;

/// <summary>Where a song's cover comes from, as stored in the library index.</summary>
internal static class CoverSource
{
    /// <summary>An entry from an older index, which did not record covers or ReplayGain.</summary>
    public const long Unknown = -1;

    /// <summary>The song has no cover.</summary>
    public const long None = 0;

    /// <summary>The cover is in the tag of the file, so pictures in its folder are ignored.</summary>
    public const long Tag = 1;

    /// <summary>The bit that is set in every <see cref="FolderPicture.Stamp"/>.</summary>
    public const long LeastStamp = 2;
}
