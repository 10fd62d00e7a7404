namespace TspActors.Tracker.Catalog;

/// <summary>The newest snapshot of the catalog: the TrackerActor writes it, and any thread reads it.</summary>
internal sealed class PublishedCatalog
{
    private volatile CatalogSnapshot _current = CatalogSnapshot.Empty;

    public CatalogSnapshot Current
    {
        get => _current;
        set => _current = value;
    }
}
