"""EndpointSlices of objects in manifests, made by the rules of a cluster's controllers.

controller.py   which Services a change concerns, and their slices
pods.py         rules of the EndpointSlice controller: Services with selectors, and Pods
mirror.py       rules of the mirroring controller: Endpoints of Services without selectors
index.py        Pods by label, Services by what they select
"""
