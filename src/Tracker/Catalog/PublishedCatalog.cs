namespace TspActors.Tracker.Catalog;

/// <summary>Where the newest snapshot is found: the TrackerActor writes it, everyone reads it at any time.</summary>
internal sealed class PublishedCatalog
{
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;

    public CatalogSnapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
