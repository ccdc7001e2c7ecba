"""The drivers that GDAL may use, told to it before pyogrio is imported.

A file that calls itself GeoJSON may hold XML that makes GDAL open other files or addresses; naming
an allowed driver when reading does not stop that, so the others are not even registered.
"""

from __future__ import annotations

from collections.abc import MutableMapping

ALLOWED = ("GPKG", "GeoJSON", "GeoJSONSeq", "ESRI Shapefile", "MEM", "Memory")
_OTHERS = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,"
    "Elasticsearch,ElasticSearch,FlatGeobuf,GDALG,GML,GPSBabel,GPX,GTFS,GeoRSS,HTTP,Idrisi,JML,"
    "JSONFG,KML,LIBKML,LVBAG,MBTiles,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,"
    "OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,Parquet,"
    "PostgreSQL,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,VRT,WAsP,WCS,WFS,WMS,WMTS,XLS,XLSX"
)


def set_drivers(environment: MutableMapping[str, str]) -> None:
    """Write into `environment` that GDAL must not register any but the `ALLOWED` drivers."""
    environment["GDAL_SKIP"] = _OTHERS
    environment["OGR_SKIP"] = _OTHERS
    environment["CPL_CURL_ENABLE"] = "NO"
    environment["GDAL_DISABLE_READDIR_ON_OPEN"] = "EMPTY_DIR"
